/* The page says everything without this. It adds local times, notices a new revision, and warns when nobody looks after the page any more. */
(function () {
  "use strict";
  var body = document.body, shown = +body.dataset.revision, live = "live" in body.dataset;
  var lang = document.documentElement.lang, stale = document.getElementById("stale"), every = 5000, pause = every, timer;
  var offline = document.getElementById("offline"), reached = Date.now();

  var units = { d: {{ _("d") | tojson }}, h: {{ _("h") | tojson }}, min: {{ _("min") | tojson }} };
  function span(ms) {
    var min = Math.floor(ms / 6e4), h = Math.floor(min / 60), d = Math.floor(h / 24);
    var parts = d ? [[d, units.d], [h % 24, units.h]] : [[h, units.h], [min % 60, units.min]];
    return parts.filter(function (part) { return part[0]; })
      .map(function (part) { return part.join(" "); }).join(" ");
  }
  function tell(warning, since) {
    warning.hidden = Date.now() - since < 9e5;
    if (!warning.hidden) warning.firstElementChild.textContent = new Date(since).toLocaleString(lang);
  }
  function refine() {
    if (!offline.hidden) return; /* who cannot ask does not know that it goes on */
    var now = Date.now();
    document.querySelectorAll("[data-since]").forEach(function (at) {
      var ms = now - Date.parse(at.dataset.since);
      at.textContent = ms >= 6e4 && ms < 7 * 864e5 ? "(" + span(ms) + ")" : "";
    });
  }
  document.querySelectorAll("time[datetime*=T]").forEach(function (at) {
    if (!at.title) at.title = new Date(at.dateTime).toLocaleString(lang, { dateStyle: "full", timeStyle: "long" });
  });
  refine();

  function look(marker) {
    var seen = marker.revision;
    tell(stale, Date.parse(marker.checked_at));
    if (!live) { live = true; shown = Math.max(shown, seen); }
    if (seen > shown && sessionStorage.duckrow !== String(seen)) {
      sessionStorage.duckrow = seen;
      /* Past the browser's copy: a server that tells versions apart by the second would call it unchanged. */
      fetch(location.href, { cache: "reload" }).finally(function () { location.reload(); });
    }
  }
  function poll() {
    clearTimeout(timer);
    if (document.hidden) return;
    fetch(body.dataset.root + ".duckrow/revision.json", { cache: "no-store" })
      .then(function (answer) { if (!answer.ok) throw answer; return answer.json(); })
      .then(function (marker) { pause = every; reached = Date.now(); look(marker); })
      .catch(function () { pause = Math.min(pause * 2, 3e5); })
      .then(function () { tell(offline, reached); refine(); timer = setTimeout(poll, pause); });
  }
  document.addEventListener("visibilitychange", poll);
  timer = setTimeout(poll, every);
})();
