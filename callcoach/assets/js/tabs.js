// A row of tabs wider than the screen scrolls sideways: begin with the current one in sight.

for (const tab of document.querySelectorAll("[aria-current]")) {
  const row = tab.closest(".tabs, .my-tabs, .topnav");
  if (!row) continue;
  if (row.scrollWidth > row.clientWidth) row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}
