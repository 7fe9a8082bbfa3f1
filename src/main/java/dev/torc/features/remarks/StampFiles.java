package dev.torc.features.remarks;

import dev.torc.core.decide.Reason;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.FoldedLines;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.core.run.Attempt;
import dev.torc.core.run.AttemptOutcome;
import dev.torc.core.run.BuildState;
import dev.torc.core.run.EventSender;
import dev.torc.core.run.Follower;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Warns of a job that leaves only a stamp, as make and Snakemake want one ({@code touch x.done}),
 * for other jobs to need. A stamp has the same bytes after each run, so torc would never run its
 * readers again. As in rule 14, it warns in the build in which the command is new.
 */
public final class StampFiles implements Follower {

  /** Bytes of the longest word that is written into a stamp. */
  private static final int WORD = 64;

  /** The edges that are followed at most for one job. */
  private static final int STEPS = 10_000;

  private static final Pattern TOUCHES = Pattern.compile("\\btouch\\s");

  private static final Pattern NAME =
      Pattern.compile(
          "(?i)(.*[./_-])?(done|stamp|timestamp|ok|flag|completed?|finished|success|sentinel)(\\.\\w+)?");

  /** Programs that do no work beside a stamp. */
  private static final Set<String> ONLY_MARK =
      Set.of("touch", "echo", "printf", "mkdir", "sleep", "true", ":");

  private static final Pattern VARIES = Pattern.compile("\\bdate\\b|\\bhostname\\b|sum\\b");

  private final BuildState state;
  private final EventSender sender;
  private final SortedMap<String, String> stamps = new TreeMap<>(); // by the names of the jobs

  public StampFiles(BuildState state, EventSender sender) {
    this.state = state;
    this.sender = sender;
  }

  @Override
  public void noteRun(Attempt attempt, AttemptOutcome outcome) {
    if (outcome.ok()
        && outcome.restored() == null
        && Reason.anyNewCommand(attempt.attempts.reasons())) {
      Graph graph = state.graph();
      Job job = graph.job(attempt.id);
      List<RecordedProduct> made = outcome.made().products().made();
      if (isStamp(job, made) && isRead(graph, attempt.id)) {
        stamps.put(job.name(), made.getFirst().path());
      }
    }
  }

  private static boolean isStamp(Job job, List<RecordedProduct> made) {
    if (job.needRefs().isEmpty() // it runs once
        || made.isEmpty()
        || made.stream().anyMatch(each -> !each.isFile() || each.size() > WORD)) {
      return false;
    }
    boolean touches = false;
    boolean works = false;
    for (Step step : job.runs().steps()) {
      CommandWords words = new CommandWords(step.command(), step.shell());
      String text = words.text();
      if (VARIES.matcher(text).find()) {
        return false;
      }
      touches |= TOUCHES.matcher(text).find() && text.indexOf('>') < 0;
      works |= words.commands().stream().anyMatch(each -> !ONLY_MARK.contains(each.getFirst()));
    }
    for (RecordedProduct each : made) {
      works &= each.size() == 0 && touches || NAME.matcher(each.path()).matches();
    }
    return works; // else a stand-in for a job
  }

  private static boolean isRead(Graph graph, int job) {
    NeedPaths needs = new NeedPaths(graph, STEPS);
    for (int node : graph.after().row(job)) {
      for (int reader : graph.isJob(node) ? new int[] {node} : graph.after().row(node)) {
        if (needs.lead(job, reader)) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public boolean finishAgain(int exit) {
    FoldedLines lines = new FoldedLines();
    stamps.forEach(
        (name, path) -> {
          Job job = state.graph().job(state.graph().jobId(name));
          if (!lines.counts(job, "")) {
            String text =
                " makes only %s, which has the same bytes each time, so what needs it does not run"
                    + " again after it; produce what it really makes, or leave produces out and let"
                    + " readers need {job: %s}";
            String reader = job.group() == null ? name : job.group();
            lines.add(job, "", job.place(), "job ", text.formatted(path, reader));
          }
        });
    lines.takeNewLines().forEach(sender::warn);
    return false;
  }
}
