package dev.torc.report;

import dev.torc.cache.Origin;
import dev.torc.engine.Event;
import dev.torc.engine.JobState;
import dev.torc.plan.Reason;
import java.io.StringWriter;
import java.io.Writer;
import java.util.List;
import java.util.Locale;

/**
 * Events for machines: one JSON object per line, nothing shortened. {@code json.md} of the user
 * documentation describes them; what is there may grow, and changes its meaning only together with
 * the version.
 */
public final class JsonReport implements Report {

  private final Writer out;
  private boolean first = true;

  /** Reports to {@code out}, which stays open and is flushed after each event. */
  public JsonReport(Writer out) {
    this.out = out;
  }

  @Override
  public void accept(Event event) {
    // In one piece: where nobody reads any more, no half a line is left behind.
    StringWriter line = new StringWriter();
    JsonWriter.line(
        line,
        json -> {
          json.text("event", name(event));
          if (first) {
            json.version();
            first = false;
          }
          fields(event, json);
        });
    PlainReport.write(out, line.toString());
  }

  /** {@code JobStarted} as {@code job_started}. */
  private static String name(Event event) {
    String type = event.getClass().getSimpleName();
    return type.replaceAll("(?<=.)[A-Z]", "_$0").toLowerCase(Locale.ROOT);
  }

  private static void fields(Event event, JsonWriter json) {
    switch (event) {
      case Event.Started started ->
          json.text("build", started.build().id())
              .number("number", started.build().number())
              .text("root", started.root().toString())
              .number("jobs", started.jobs());
      case Event.Expanded expanded -> json.number("jobs", expanded.jobs());
      case Event.JobStarted started -> {
        json.text("job", started.job())
            .number("attempt", started.attempt())
            .text("command", started.command());
        reasons(json, started.reasons());
      }
      case Event.JobSubmitted out ->
          json.text("job", out.job()).text("executor", out.executor()).text("id", out.id());
      case Event.JobReleased released -> json.text("job", released.job());
      case Event.JobRestored restored -> {
        json.text("job", restored.job());
        from(json, restored.origin());
        reasons(json, restored.reasons());
      }
      case Event.JobEnded ended -> {
        json.text("job", ended.job()).text("state", JsonWriter.lower(ended.state()));
        details(ended.details(), json);
      }
      case Event.JobRetried retried -> {
        json.text("job", retried.job()).number("attempt", retried.attempt());
        details(retried.details(), json);
        json.seconds("delay", retried.delay());
      }
      case Event.Ending ending ->
          json.texts("jobs", ending.jobs()).seconds("grace", ending.grace());
      case Event.Terminal terminal -> json.flag("lent", terminal.lent());
      case Event.Fetching fetching ->
          json.text("image", fetching.image())
              .text("runtime", fetching.runtime())
              .text("log", fetching.log().toString())
              .flag("ended", fetching.ended());
      case Event.Changed changed -> json.texts("files", changed.files());
      case Event.Watching watching -> json.number("files", watching.files());
      case Event.Note note ->
          json.text("level", JsonWriter.lower(note.level())).text("text", note.text());
      case Event.Finished finished ->
          json.text("build", finished.build().id())
              .object("counts", true, () -> counts(finished, json))
              .seconds("seconds", finished.nanos())
              .number("exit", finished.exit());
    }
  }

  private static void counts(Event.Finished finished, JsonWriter json) {
    for (JobState state : JobState.values()) {
      if (state.isFinal()) {
        json.number(JsonWriter.lower(state), finished.counts().getOrDefault(state, 0));
      }
    }
  }

  private static void details(Event.Details details, JsonWriter json) {
    json.text("what", details.what())
        .text("command", details.command())
        .text("log", details.log() == null ? null : details.log().file().toString())
        .seconds("seconds", details.wall())
        .seconds("cpu", details.cpu())
        .number("memory", details.peak(), details.peak() >= 0);
    if (!details.leftOut().isEmpty()) {
      json.objects(
          "without",
          details.leftOut(),
          left -> json.number("of", left.of()).texts("jobs", left.jobs()));
    }
  }

  private static void reasons(JsonWriter json, List<Reason> reasons) {
    json.objects(
        "reasons",
        reasons,
        reason ->
            json.text("kind", JsonWriter.lower(reason.kind()))
                .text("name", reason.name())
                .text("old", reason.old())
                .text("now", reason.now()));
  }

  /** Where a restored result comes from. */
  private static void from(JsonWriter json, Origin origin) {
    json.object(
        "from",
        true,
        () ->
            json.number("build", origin.build())
                .text("host", origin.host())
                .text("store", origin.store())
                .text("job", origin.job())
                .number("started", origin.time()));
  }
}
