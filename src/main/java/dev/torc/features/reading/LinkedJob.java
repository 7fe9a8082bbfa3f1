package dev.torc.features.reading;

import dev.torc.core.model.Extra;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Ref;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Links jobs anew that were read: what stands around a job can add needs and jobs before it. */
public final class LinkedJob {

  private LinkedJob() {}

  /** Returns the job with other needs and jobs that it comes after. */
  public static Job with(Job job, List<Item> needs, List<Ref.OfJob> after) {
    return with(job, needs, after, job.links().caching(), job.extras());
  }

  /** Returns the job with what a key of a feature says. */
  public static Job with(Job job, String key, Extra value) {
    Job.Links own = job.links();
    SortedMap<String, Extra> extras = new TreeMap<>(job.extras());
    extras.put(key, value);
    return with(job, own.needs(), own.after(), own.caching(), extras);
  }

  /** Returns the job with these instead of its own. */
  public static Job with(
      Job job,
      List<Item> needs,
      List<Ref.OfJob> after,
      Job.Caching caching,
      SortedMap<String, Extra> extras) {
    Job.Links own = job.links();
    Job.Links links =
        new Job.Links(
            List.copyOf(needs), own.produces(), after, own.tools(), own.depfile(), caching);
    return new Job(job.name(), job.labels(), job.place(), links, job.runs(), job.traits(), extras);
  }
}
