package dev.torc.features.intents;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.LaunchBuilder;
import dev.torc.core.attempt.Recorder;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.run.BuildEnd;
import dev.torc.core.run.BuildListener;
import dev.torc.core.run.BuildState;
import dev.torc.core.run.EventSender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;

/** Warns of jobs whose probe fails right after a good run: they would run in every build. */
public record ProbeCheck(BuildSetup setup, BuildState state, EventSender sender, BitSet ran)
    implements BuildListener, BuildEnd {

  @Override
  public void noteRecord(int job, Recorder.Record record) {
    boolean good = record.result().outcome() == Outcome.OK;
    ran.set(job, good && state.graph().job(job).extra(Probes.KEY) != null);
  }

  @Override
  public boolean finish(int exit) {
    if (ran.isEmpty() || exit > 1) {
      return false;
    }
    try {
      long cpus = setup.amounts().limits().getOrDefault(Resources.CPUS, 1L);
      int most = Math.clamp(cpus, 1, 1000);
      LaunchBuilder launches = setup.common().launches();
      Runner runner = setup.common().machines().runner();
      new Probes().run(state.context(), ran, launches, runner, most).forEach(this::warn);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return false;
  }

  private void warn(String job, String how) {
    String why = how.isEmpty() ? "" : " (" + SafeText.line(how) + ")";
    String line =
        "the probe of job %s fails right after a good run%s; the next build runs it again";
    sender.warn(new Diagnostic(line.formatted(SafeText.name(job), why)));
  }
}
