package dev.torc.graph;

import dev.torc.workflow.Group;
import dev.torc.workflow.InstanceName;
import dev.torc.workflow.Job;
import dev.torc.workflow.Workflow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes workflows with groups out of plain jobs whose names are those of instances. */
public final class Grouped {

  private Grouped() {}

  /**
   * The same jobs as instances of groups.
   *
   * @param open groups whose instances are not known, after the others
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
                  new Group(
                      group,
                      job.place(),
                      List.copyOf(name.values().keySet()),
                      new ArrayList<>(),
                      List.of(),
                      List.of(),
                      List.of(),
                      List.of(),
                      "",
                      List.of(),
                      false))
          .instances()
          .add(job.name());
    }
    List<Group> all = new ArrayList<>(groups.values());
    Collections.addAll(all, open);
    return new Workflow(
        flat.root(),
        flat.files(),
        flat.name(),
        flat.description(),
        flat.limits(),
        flat.roots(),
        jobs,
        all,
        List.of(),
        flat.data(),
        flat.hooks(),
        flat.executors(),
        flat.stores(),
        flat.warnings(),
        flat.manual());
  }

  private static Job instance(Job job, InstanceName name) {
    return new Job(
        job.name(),
        job.place(),
        job.steps(),
        job.needs(),
        job.produces(),
        job.after(),
        job.tools(),
        job.resources(),
        job.retry(),
        job.depfile(),
        job.persist(),
        job.temporary(),
        job.deletes(),
        job.always(),
        job.interactive(),
        job.manual(),
        job.allowFailure(),
        job.caching(),
        job.showsOutput(),
        job.priority(),
        job.tags(),
        job.description(),
        job.executor(),
        name.group(),
        name.values());
  }
}
