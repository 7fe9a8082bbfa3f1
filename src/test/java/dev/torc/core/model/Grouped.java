package dev.torc.core.model;

import dev.torc.base.syntax.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes workflows with groups out of plain jobs whose names are those of instances. */
public final class Grouped {

  private Grouped() {}

  /**
   * The jobs of a workflow as instances of groups.
   *
   * @param open groups whose instances are not known; they come after the others
   */
  public static Workflow of(Workflow flat, Group... open) {
    List<Job> jobs = new ArrayList<>();
    Map<String, Group> groups = new LinkedHashMap<>();
    for (Job job : flat.jobs()) {
      InstanceName name = InstanceName.parse(job.name());
      if (name.values().isEmpty()) {
        jobs.add(job);
        continue;
      }
      jobs.add(instance(job, name));
      groups
          .computeIfAbsent(
              name.group(),
              group ->
                  group(
                      group,
                      job.place(),
                      List.copyOf(name.values().keySet()),
                      new ArrayList<>(),
                      List.of(),
                      List.of()))
          .instances()
          .add(job.name());
    }
    List<Group> all = new ArrayList<>(groups.values());
    Collections.addAll(all, open);
    return with(flat, jobs, all, List.of());
  }

  /** A copy of a workflow with other jobs and groups. */
  public static Workflow with(
      Workflow all, List<Job> jobs, List<Group> groups, List<Integer> starts) {
    return new Workflow(
        all.root(), all.settings(), jobs, groups, starts, all.warnings(), all.apart());
  }

  /** A group of which these instances are known; more may come if it awaits jobs. */
  public static Group group(
      String name,
      Place place,
      List<String> parameters,
      List<String> instances,
      List<String> awaits,
      List<Ref> products) {
    return new Group(
        name,
        place,
        parameters,
        instances,
        new Group.Further(awaits, List.of(), products, List.of(), false),
        new Group.Sources(List.of(), "", List.of(), false, Group.Columns.NONE),
        List.of());
  }

  private static Job instance(Job job, InstanceName name) {
    Job.Labels labels = job.labels();
    return new Job(
        job.name(),
        new Job.Labels(labels.tags(), labels.description(), name.group(), name.values()),
        job.place(),
        job.links(),
        job.runs(),
        job.traits(),
        job.extras());
  }
}
