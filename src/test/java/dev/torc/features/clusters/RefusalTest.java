package dev.torc.features.clusters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.features.clusters.Scheduler.Submission;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the words of a refused submission mean: a full queue, never, or perhaps the next time. */
class RefusalTest {

  private static final String SLURM =
      "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit"
          + " limit, user's size and/or time limits)";

  private static Submission refusal(String said) {
    return SchedulerWords.refusal(new ProgramOutput(1, "", said));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QOSMaxSubmitJobPerUserLimit | sbatch: error: QOSMaxSubmitJobPerUserLimit",
        "AssocMaxSubmitJobLimit | sbatch: error: AssocMaxSubmitJobLimit",
        "AssocGrpSubmitJobsLimit | sbatch: error: AssocGrpSubmitJobsLimit",
        "QOSGrpSubmitJobsLimit | sbatch: error: QOSGrpSubmitJobsLimit",
        "MaxSubmitJobsPerAccount | sbatch: error: MaxSubmitJobsPerAccount",
        "would exceed queue generic's per-user limit of jobs in 'Q' state"
            + " | qsub: would exceed queue generic's per-user limit of jobs in 'Q' state",
        "would exceed complex's per-user limit on resource ncpus in 'Q' state"
            + " | qsub: would exceed complex's per-user limit on resource ncpus in 'Q' state",
        "Maximum number of jobs already in queue"
            + " | qsub: submit error (Maximum number of jobs already in queue MSG=total number of"
            + " current user's jobs exceeds the queue limit: user a, queue b)",
        "Pending job threshold reached"
            + " | User <a>: Pending job threshold reached. Retrying in 60 seconds...",
        "only 10 jobs are allowed per user"
            + " | Unable to run job: job rejected: only 10 jobs are allowed per user (current job"
            + " count: 10)",
        "MAX_JOBS_PER_OWNER" + " | ERROR: Number of submitted jobs would exceed MAX_JOBS_PER_OWNER",
      })
  void eachLimitOnJobsInTheQueueIsAFullQueue(String limit, String said) {
    assertEquals(new Submission.Full(limit), refusal(said));
    assertEquals(new Submission.Full(limit), refusal(said + "\n" + SLURM));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sbatch: error: QOSMaxCpuPerJobLimit",
        "sbatch: error: QOSMaxWallDurationPerJobLimit",
        "sbatch: error: AssocMaxNodePerJobLimit",
      })
  void slurmsGeneralSentenceIsNone(String limit) {
    for (String said : new String[] {SLURM, limit + "\n" + SLURM}) {
      Submission.Refused refused = assertInstanceOf(Submission.Refused.class, refusal(said));
      assertTrue(!SchedulerWords.isFinal(refused.said()), refused.said());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sbatch: error: invalid partition specified: none",
        "sbatch: error: Batch job submission failed: Invalid account or account/partition"
            + " combination specified",
        "sbatch: error: Batch job submission failed: Invalid qos specification",
        "sbatch: error: Memory specification can not be satisfied",
        "sbatch: error: Batch job submission failed: Requested node configuration is not available",
        "sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or"
            + " exceeds some limit)",
        "sbatch: unrecognized option '--no-such'",
        "qsub: Unknown queue",
        "qsub: Unknown resource: Resource_List.gpus",
        "qsub: Job violates queue and/or server resource limits",
        "none: No such queue. Job not submitted.",
      })
  void aRefusalThatLastsIsFinal(String said) {
    Submission.Refused refused = assertInstanceOf(Submission.Refused.class, refusal(said));
    assertTrue(SchedulerWords.isFinal(refused.said()), refused.said());
  }

  @ParameterizedTest
  @ValueSource(strings = {"no such host", "qsub: Bad UID for job execution", "exit 3"})
  void anotherRefusalMayBeOfTheMoment(String said) {
    assertTrue(!SchedulerWords.isFinal(((Submission.Refused) refusal(said)).said()));
  }
}
