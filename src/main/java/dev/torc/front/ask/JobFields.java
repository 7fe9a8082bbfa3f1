package dev.torc.front.ask;

import dev.torc.base.text.Amount;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Verdict;
import dev.torc.core.manifest.LeftOut;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job.Resources;
import dev.torc.features.past.GitCommit;
import dev.torc.features.why.Causes.CauseChain;
import dev.torc.front.show.Json;
import dev.torc.front.show.Json.Named;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The JSON about a job that several answers share, as records: its verdict, resources and last run.
 */
final class JobFields {

  private JobFields() {}

  /** A job, or a group that is not expanded yet, with its verdict. */
  record JudgedNode(Named name, Optional<List<ImageUse.ImageHere>> images, Judged judged) {}

  /**
   * A verdict.
   *
   * @param probed false if its probe was not run
   * @param after the job whose result decides, of a job that may run
   * @param from the run that made the result to restore
   */
  record Judged(
      JobStanding verdict,
      Optional<Boolean> probed,
      Optional<String> why,
      Optional<String> after,
      Optional<List<Reason>> reasons,
      Optional<Origin> from)
      implements Json.Inline {

    static Judged of(Graph graph, int node, Verdict verdict) {
      Verdict.Rest rest = verdict instanceof Verdict.UpToDate at ? at.rest() : null;
      boolean excluded = rest == Verdict.Rest.EXCLUDED;
      String after = verdict instanceof Verdict.MayRun may ? graph.name(may.after()) : null;
      boolean reasoned = !verdict.isIdle() || !verdict.reasons().isEmpty();
      return new Judged(
          JobStanding.word(verdict),
          rest == Verdict.Rest.NOT_PROBED ? Optional.of(false) : Optional.empty(),
          excluded ? Optional.of("--only") : Optional.empty(),
          Optional.ofNullable(after),
          reasoned && !excluded && after == null
              ? Optional.of(verdict.reasons())
              : Optional.empty(),
          verdict instanceof Verdict.WillRestore will
              ? Optional.of(will.origin(graph.name(node)))
              : Optional.empty());
    }

    /** Returns the verdict on a job that runs now, so that it was not restored. */
    Judged running() {
      return from.isEmpty()
          ? this
          : new Judged(JobStanding.WILL_RUN, probed, why, after, reasons, Optional.empty());
    }
  }

  /**
   * Returns the verdicts on jobs, and on groups that are not expanded yet, in order; with {@code
   * images}, also the images of jobs that are not up to date.
   */
  static Stream<JudgedNode> verdicts(Plan plan, BitSet nodes, boolean images) {
    Graph graph = plan.context().graph();
    return IntStream.of(graph.inOrder(nodes))
        .mapToObj(
            node -> {
              Verdict verdict = plan.verdict(node);
              boolean shown = images && graph.isJob(node) && !(verdict instanceof Verdict.UpToDate);
              return new JudgedNode(
                  Named.of(graph.name(node)),
                  shown ? ImageUse.ofJob(plan.context(), node) : Optional.empty(),
                  Judged.of(graph, node, verdict));
            });
  }

  /** The resources that a job asks for, without its counters. */
  record Requested(int cpus, Long memory, Number gpus, Double runtime) {
    static Requested of(Resources asked) {
      boolean shared = asked.gpuShare() > 0;
      return new Requested(
          asked.cpus(),
          Json.some(asked.memory()),
          shared ? (Number) (asked.gpuShare() / (double) Resources.GPU) : asked.gpus(),
          Json.seconds(asked.runtime() > 0 ? asked.runtime() : -1));
    }
  }

  /** How a process ended; null if unknown, or not by a signal. */
  record Exit(Long exit, Long signal) implements Json.Inline {
    static Exit of(int exit, int signal) {
      return new Exit(Json.known(exit), Json.some(signal));
    }
  }

  /** The last run of a job, from the records. */
  record Last(Ended ended, Double seconds, Exit exit, Use use, int attempts, Source source) {

    private record Ended(Outcome outcome, String what, long build, String started)
        implements Json.Inline {}

    private record Use(Double cpu, Long memory) implements Json.Inline {}

    /** {@code chain} is for {@code why} alone: why the job ran. */
    private record Source(
        Optional<GitCommit> commit,
        Optional<Origin> from,
        Optional<List<LeftOut>> without,
        Optional<Collection<CauseChain.Link>> chain)
        implements Json.Inline {}

    /**
     * Returns a job's last run; null if it never ran. {@code commit} is null if it is unknown,
     * {@code chain} if it is not asked for.
     */
    static Last of(
        JobResult result, RunDetails details, GitCommit commit, Collection<CauseChain.Link> chain) {
      if (result == null || details == null) {
        return null;
      }
      JobResult.Ran ran = details.ran();
      String started = ran.started() > 0 ? Amount.isoTime(ran.started()) : null;
      return new Last(
          new Ended(result.outcome(), details.what(), ran.build(), started),
          Json.seconds(result.wall()),
          Exit.of(ran.exit(), ran.signal()),
          new Use(Json.seconds(ran.cpu()), Json.known(ran.peak())),
          ran.attempts(),
          new Source(
              Optional.ofNullable(commit),
              Optional.ofNullable(details.origin()),
              Json.unlessEmpty(LeftOut.of(details)),
              Optional.ofNullable(chain)));
    }
  }
}
