import assert from "node:assert/strict";
import { test } from "node:test";

const { MOST_DRIFT_MS, ServerClock, inStep, keepInStep } = await import("../js/debriefs/instep.js");

const PLACE = { startsMs: 9600, endsMs: 12_100 };
const playing = { is_playing: true, position_ms: 9600, at: 1000 };

test("the quickest of the latest answers sets the clock", () => {
  const clock = new ServerClock();
  assert.equal(clock.at(5), null);
  clock.hear(10_000, 0, 900); // a slow line: somewhere between 9100 and 10 000
  clock.hear(10_950, 1000, 1040);
  clock.hear(13_500, 2000, 2800);
  assert.equal(clock.at(1020), 10_950);
});

test("a screen jumps only when it has drifted by more than is noticed", () => {
  const at = (placeMs) => inStep(playing, 2000, { ...PLACE, isPlaying: true, placeMs });
  assert.deepEqual(at(10_600 - MOST_DRIFT_MS), { plays: true, placeMs: 10_600, goTo: null });
  assert.equal(at(10_600 - MOST_DRIFT_MS - 1).goTo, 10_600);
  assert.equal(at(10_600 + MOST_DRIFT_MS + 1).goTo, 10_600);
});

test("it stands at its end, and where it was stopped, whatever the clock says", () => {
  const over = inStep(playing, 60_000, { ...PLACE, isPlaying: true, placeMs: 12_000 });
  assert.deepEqual(over, { plays: false, placeMs: 12_100, goTo: 12_100 });
  const stopped = { is_playing: false, position_ms: 11_000, at: 1000 };
  const stands = inStep(stopped, 60_000, { ...PLACE, isPlaying: false, placeMs: 11_010 });
  assert.deepEqual(stands, { plays: false, placeMs: 11_000, goTo: null });
});

test("a clock that is behind does not play backwards", () => {
  const early = inStep(playing, 400, { ...PLACE, isPlaying: true, placeMs: 9600 });
  assert.equal(early.placeMs, 9600);
});

/** A sound that plays by the machine's clock, and a server that keeps what it is told. */
function room() {
  const world = { now: 0, requests: [], sound: { is_playing: false, position_ms: 9600, at: 0 }, revision: 1 };
  const screen = (skew, drift = 1) => {
    const local = () => world.now + skew;
    const player = {
      ...PLACE, isPlaying: false, from: 9600, since: 0,
      get placeMs() { return this.from + (this.isPlaying ? drift * (local() - this.since) : 0); },
      goTo(ms) { this.from = ms; this.since = local(); },
      play() { this.from = this.placeMs; this.since = local(); this.isPlaying = true; },
      pause() { this.from = this.placeMs; this.isPlaying = false; },
    };
    const send = async (_url, { method = "GET", body } = {}) => {
      if (method === "PUT") {
        world.sound = { ...JSON.parse(body), at: world.now };
        world.revision += 1;
      }
      return Response.json({ now: world.now, revision: world.revision, state: "running", sound: world.sound });
    };
    const kept = keepInStep({ live: "/live", move: "/sound", send, player: () => player, now: local });
    return { player, kept };
  };
  return { world, screen };
}

const settle = () => new Promise((done) => setTimeout(done, 5));

test("either plays and stops both, though their clocks differ, and drift is made good", async () => {
  const { world, screen } = room();
  const host = screen(5000);
  const agent = screen(-86_400_000, 0.5); // its sound runs at half the pace
  await settle();
  host.kept.toggle();
  await settle();
  assert.equal(host.player.isPlaying, true);
  agent.kept.tell({ ...world.sound }); // hears of it as by the next look
  await settle();
  assert.equal(agent.player.isPlaying, true);
  world.now += 1000;
  agent.kept.look();
  assert.ok(Math.abs(agent.player.placeMs - host.player.placeMs) < MOST_DRIFT_MS);
  agent.kept.toggle();
  await settle();
  assert.equal(world.sound.is_playing, false);
  host.kept.tell({ ...world.sound });
  await settle();
  assert.equal(host.player.isPlaying, false);
  for (const one of [host, agent]) one.kept.stop();
});
