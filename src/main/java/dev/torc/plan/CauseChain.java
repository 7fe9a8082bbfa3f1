package dev.torc.plan;

import dev.torc.records.Origin;
import java.util.List;
import java.util.SequencedMap;

/**
 * Why a job runs, may run or ran, with the jobs behind each reason, down to the root causes. It is
 * found by {@link Causes} and put into words by the reports.
 *
 * @param job the job that was asked about
 * @param links every job of the chain once, by name, the job in question first, those behind it
 *     after it
 */
public record CauseChain(String job, SequencedMap<String, Link> links) {

  /** What a link tells of its job. */
  public enum How {
    WILL_RUN,
    /** It would run, and an earlier result is put in the place of that. */
    WILL_RESTORE,
    MAY_RUN,
    WILL_FAIL,
    /** It ran, and what it made is what the reader found changed. */
    RAN,
    /** An earlier result was put in the place of a run. */
    RESTORED,
    /** It did not run: its products were adopted, and they are what the reader found changed. */
    ADOPTED
  }

  /**
   * One job of the chain.
   *
   * @param reasons why it runs or ran; empty for one that may run or was adopted
   * @param from where an earlier result comes from; null for others
   * @param behind for each reason the job whose run made what changed, empty where there is none;
   *     for one that may run, the one job that decides
   */
  public record Link(String job, How how, Origin from, List<Reason> reasons, List<String> behind) {}

  /** The link of the job that was asked about. */
  public Link head() {
    return links.get(job);
  }
}
