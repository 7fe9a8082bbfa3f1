package dev.torc.front.show;

import static java.util.stream.Collectors.joining;

import dev.torc.base.machine.Series;
import dev.torc.base.text.Amount;
import dev.torc.base.text.LogExcerpt;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.front.show.Report.Progress;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Draws lines at the bottom of a terminal that show the running jobs and the progress; messages
 * scroll away above them. A separate thread writes the screen in one piece, at most ten times a
 * second. At a signal, at the end, and before a job gets the terminal, the thread of the event
 * writes it. {@link EventText} makes the messages.
 *
 * <p>While the lines are drawn, line wrapping is off, so that a line never takes two rows, even if
 * the window has just become narrower than the width that was measured.
 */
final class LiveReport implements Report {

  /** Nanoseconds between two redraws. */
  static final long PERIOD = 100_000_000L;

  /** The most cells of the bar; {@link #LEAST_BAR} is the least. */
  static final int BAR = 30;

  private static final int LEAST_BAR = 8;

  /** The most jobs that are shown, starting with the one that runs the longest. */
  static final int JOBS = 8;

  private static final String NO_WRAP = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";
  private static final String CLEAR_LINE = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";

  private record Running(long since, String why, boolean out) {}

  private record Fetch(long since, Event.Fetching what) {}

  private final Writer err;
  private final EventText wording;
  private final Palette palette;
  private final IntSupplier columns;
  private final LongSupplier clock;

  /** Called without the lock: an answer may take long. The next two fields hold the last ones. */
  private volatile Progress progress = Progress.NONE;

  private volatile Map<String, Series.Point> uses = Map.of();
  private volatile long remaining = -1; // nanoseconds

  /** Jobs in the order of their starts. This report's lock guards this and all fields below. */
  private final Map<String, Running> running = new LinkedHashMap<>();

  private final Map<String, Fetch> fetching = new LinkedHashMap<>();

  private static final long LEAST = 50_000_000; // nanoseconds that are left, to be shown

  private final FoldedEnds folded = new FoldedEnds();
  private final boolean folds;
  private final StringBuilder messages = new StringBuilder();
  private Beat beat; // null before start
  private long age; // nanoseconds since the current event
  private boolean active;
  private boolean paused;
  private long stopped; // when torc was stopped, by the clock; 0 if it is not stopped
  private long began;
  private int total;
  private int done;
  private int failed;
  private int blocked;
  private long killed; // when jobs will be killed, by the clock; 0 if they are not being ended
  private int drawn;

  /**
   * Reports to {@code err}, which stays open; {@link #start} starts the redraws.
   *
   * @param here the absolute working directory: logs below it are named relative to it
   * @param columns returns the terminal's width; 0 if unknown, negative if torc is in the
   *     background
   * @param clock nanoseconds, as {@link System#nanoTime}
   */
  LiveReport(
      Writer err,
      Style style,
      Palette palette,
      Path here,
      IntSupplier columns,
      LongSupplier clock) {
    this.err = err;
    this.palette = palette;
    this.columns = columns;
    this.clock = () -> clock.getAsLong() - age;
    this.folds = style.detail() == Detail.NORMAL;
    this.wording = new EventText(style, palette, here, columns, this.clock);
  }

  /** Starts the thread that redraws; it ends with {@link #close}. */
  synchronized LiveReport start() {
    beat = new Beat("torc-live", PERIOD, this::redraw);
    return this;
  }

  @Override
  public synchronized void accept(Event event) {
    tellBroken();
    messages.append(text(event));
    // A job whose processes have ended is shown until its products are known.
    if (event instanceof Event.JobEnded ended) {
      running.remove(ended.job());
      done++;
      failed += ended.state() == JobState.FAILED ? 1 : 0;
      blocked += ended.state() == JobState.BLOCKED ? 1 : 0;
    } else if (event instanceof Event.JobUndone) {
      failed++;
    } else if (event instanceof Event.JobStarted started) {
      String why =
          started.attempt() > 1
              ? "attempt " + started.attempt()
              : ReasonText.brief(started.reasons());
      boolean here = started.executor() == null;
      why = here ? why : "waiting for " + SafeText.line(started.executor());
      running.put(started.job(), new Running(clock.getAsLong(), why, !here));
    } else if (event instanceof Event.JobSubmitted out && running.containsKey(out.job())) {
      String where = "submitted to " + SafeText.line(out.where());
      running.put(out.job(), new Running(clock.getAsLong(), where, true));
    } else if (event instanceof Event.Started started) {
      began = clock.getAsLong();
      total = started.jobs();
      active = true;
    } else if (event instanceof Event.Expanded expanded) {
      total = expanded.jobs();
    } else if (event instanceof Event.JobRetried retried) {
      running.remove(retried.job());
    } else if (event instanceof Event.Fetching fetch) {
      fetching.remove(fetch.image());
      if (!fetch.ended()) {
        fetching.put(fetch.image(), new Fetch(clock.getAsLong(), fetch));
      }
    } else if (event instanceof Event.Ending ending) {
      killed = clock.getAsLong() + ending.grace();
      if (!paused) {
        draw();
      }
    } else if (event instanceof Event.Terminal terminal) {
      paused = terminal.lent();
      if (paused) {
        draw();
      }
    } else if (event instanceof Event.Finished) {
      active = false;
      draw();
    }
  }

  @Override
  public synchronized void accept(Event event, long nanos) {
    age = nanos;
    accept(event);
    age = 0;
  }

  /**
   * Returns the lines of an event that stay on the screen. The lines of many quick jobs are folded
   * into one, which is written at the end of the build.
   */
  private String text(Event event) {
    String text = wording.lines(event);
    if (!folds) {
      return text;
    }
    if (event instanceof Event.Finished) {
      return folded.lines(group -> progress.due(group)).stream()
              .map(line -> wording.broken(line + "\n"))
              .collect(joining())
          + text;
    }
    // A submitted job has a live line.
    boolean output = text.indexOf('\n') < text.length() - 1;
    return event instanceof Event.JobSubmitted || folded.folds(event, output) ? "" : text;
  }

  /**
   * Leaves the screen to the shell, or takes it back. The time between does not count as running
   * time of the jobs.
   */
  @Override
  public synchronized void pause(boolean stop) {
    long now = clock.getAsLong();
    if (!stop) {
      long passed = now - stopped;
      running.replaceAll((_, job) -> new Running(job.since + passed, job.why, job.out));
    }
    stopped = stop ? now : 0;
    draw();
  }

  @Override
  public void follow(Supplier<Progress> of) {
    progress = of.get();
  }

  void ask() {
    remaining = progress.remaining();
    uses = progress.uses();
  }

  @Override
  public void close() {
    Beat ending;
    synchronized (this) {
      active = false;
      ending = beat;
    }
    if (ending != null) {
      ending.close();
    }
    synchronized (this) {
      tellBroken();
      draw();
    }
  }

  /** Throws an error of the redrawing thread, once, so that the caller sees it. */
  private void tellBroken() {
    if (beat != null) {
      beat.tellBroken(
          () -> {
            messages.setLength(0);
            drawn = 0;
            active = false;
          });
    }
  }

  /** Writes new messages and draws the lines as they are now, in one piece. */
  synchronized void draw() {
    int width = columns.getAsInt();
    boolean shown = active && !paused && stopped == 0 && width >= 0;
    List<String> lines = shown ? lines(width) : List.of();
    if (messages.isEmpty() && lines.isEmpty() && drawn == 0) {
      return;
    }
    StringBuilder screen = new StringBuilder(drawn > 0 ? "\r" : "");
    screen.append(drawn > 1 ? "\u001b[" + (drawn - 1) + "A" : "");
    screen.append(drawn > 0 && (!messages.isEmpty() || lines.isEmpty()) ? CLEAR_BELOW : "");
    screen.append(messages);
    messages.setLength(0);
    if (!lines.isEmpty()) {
      screen.append(NO_WRAP + String.join(CLEAR_LINE + "\n", lines) + CLEAR_BELOW + WRAP);
    }
    drawn = lines.size();
    PlainReport.write(err, screen.toString());
  }

  private List<String> lines(int known) {
    long now = clock.getAsLong();
    // The last column stays free: some terminals wrap when it is written.
    int width = (known > 0 ? known : 80) - 1;
    List<String> lines =
        new ArrayList<>(folds ? folded.lines(group -> progress.due(group)) : List.of());
    fetching.values().forEach(fetch -> lines.add(fetched(fetch, now)));
    int shown = running.size() > JOBS ? JOBS - 1 : running.size();
    running.entrySet().stream()
        .limit(shown)
        .forEach(job -> lines.add(line(job.getKey(), job.getValue(), now, width)));
    if (shown < running.size()) {
      lines.add("  …and " + (running.size() - shown) + " more");
    }
    lines.replaceAll(line -> SafeText.fit(line.stripTrailing(), width));
    lines.add(status(now, width));
    return lines;
  }

  /**
   * Returns the line of a running job: its time, expected time, use, and why it runs. If there is
   * no room for all, the name takes at most half of it.
   */
  private String line(String job, Running run, long now, int width) {
    long expected = run.out ? -1 : progress.expected(job);
    Series.Point use = uses.get(job);
    String fetched = use == null && !run.out ? progress.fetched(job) : "";
    String time = Amount.time(now - run.since) + AttemptText.expected(now - run.since, expected);
    String does =
        use == null
            ? (fetched.isEmpty() ? "" : "  " + fetched)
            : "  " + Amount.cpus(use.cpu()) + " cpus, " + Amount.size(use.memory());
    String rest = "  " + time + does + "  " + run.why;
    int room = Math.max(width / 2, width - SafeText.width(rest)) - 2;
    return "  " + SafeText.fitMiddle(SafeText.name(job), room) + rest;
  }

  /** Returns the counts and the time, after a bar if there is room for one. */
  private String status(long now, int width) {
    long guess = remaining;
    String likely = guess < LEAST ? "" : " so far, about " + Amount.time(guess) + " left";
    String counts = "%d/%d done, %d running".formatted(done - blocked, total, running.size());
    String bad = failed > 0 ? ", " + failed + " failed" : "";
    String stuck = blocked > 0 ? ", " + blocked + " blocked" : "";
    String time = Amount.time(now - began) + (killed != 0 ? ending(now) : likely);
    String status = counts + bad + stuck + ", " + time;
    String bar = bar(Math.min(BAR, width - SafeText.width(status) - 3));
    String fitted = SafeText.fit(bar + status, width);
    return failed > 0 ? palette.red(fitted) : palette.bold(fitted);
  }

  /** Returns the bar of jobs: done, failed or blocked, running, to do; empty without room. */
  private String bar(int cells) {
    if (cells < LEAST_BAR) {
      return "";
    }
    StringBuilder bar = new StringBuilder("[");
    int bad = failed + blocked;
    for (int i = 0; i < cells; i++) {
      // The job at the middle of a cell decides its character.
      long job = ((2L * i + 1) * total) / (2L * cells);
      bar.append(
          job < done - bad
              ? '█'
              : job < done ? '×' : job < (long) done + running.size() ? '▓' : '░');
    }
    return bar.append("] ").toString();
  }

  /** Returns the line of an image that is being fetched, with the runtime's last output. */
  private static String fetched(Fetch fetch, long now) {
    List<String> said = List.of();
    try {
      said = LogExcerpt.SHORT.read(fetch.what.log(), 0, false);
    } catch (IOException e) {
      // the runtime has written nothing yet
    }
    String last = said.isEmpty() ? "" : said.getLast();
    return "  %s  %s  %s"
        .formatted(EventText.fetching(fetch.what), Amount.time(now - fetch.since), last);
  }

  private String ending(long now) {
    return killed > now ? ", killed in " + Amount.time(killed - now) : ", being killed";
  }

  private void redraw() {
    ask();
    synchronized (this) {
      if (!paused) {
        messages.append(wording.live());
        draw();
      }
    }
  }
}
