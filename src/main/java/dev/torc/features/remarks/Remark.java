package dev.torc.features.remarks;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * A question about a job whose answer torc tells without being asked: what is accepted and looks
 * wrong, or what explains a failure. It decides nothing. {@link Remarks} lists the questions and is
 * the one place that asks them; a feature may add its own. What is a pattern and a sentence is a
 * row of {@link RemarkTable} instead.
 */
public interface Remark {

  /** When the question is due. {@code torc check} asks those before a run about every job. */
  enum Due {
    /** Never in a build: it reads much, or often finds what is meant. */
    CHECK,
    /** In a dry run, but not in a build, which fails because of it. */
    DRY,
    /** When a job starts, since its groups are known by then. */
    START,
    /** Before the run of a job that is new or was changed in the build file. */
    CHANGED,
    /** Before each run: what it finds makes the job's products doubtful. */
    RUN,
    /** After a run that ended well. */
    RAN,
    /** After a run that failed. */
    FAILED
  }

  Due due();

  /** Looks at a job, and says what it finds. */
  void of(RemarkedJob job) throws IOException;

  /**
   * Returns a question with one sentence as its answer.
   *
   * @param kind the key by which the sentences about instances of one group are folded
   * @param says returns the rest of a sentence that begins with the job; null for none
   */
  static Remark of(Due due, String kind, Function<RemarkedJob, String> says) {
    return new Posed(
        due,
        job -> {
          String text = says.apply(job);
          if (text != null) {
            job.say(kind, text);
          }
        });
  }

  /** Returns a question of {@code torc check} with whole lines as its answer. */
  static Remark lines(Function<RemarkedJob, List<String>> says) {
    return new Posed(
        Due.CHECK, job -> says.apply(job).forEach(line -> job.say(line, job.job().place(), line)));
  }

  /** Looks at a job, and says what it finds. */
  interface Asking {
    void about(RemarkedJob job) throws IOException;
  }

  /** A question and when it is due. */
  record Posed(Due due, Asking asking) implements Remark {
    @Override
    public void of(RemarkedJob job) throws IOException {
      asking.about(job);
    }
  }
}
