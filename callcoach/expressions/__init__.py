"""Pages of a campaign's expressions: what people hear in them, tried on past calls, practised as
drills. Their table belongs to `callcoach.script_library`: an analysis of a call reads it.
"""
