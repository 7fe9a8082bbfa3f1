package dev.torc.features.remarks;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Tells what was noticed while the build file was read. Each warning belongs to the job or group
 * above it; those above all jobs, or in another file, belong to none.
 */
public final class ReadingRemarks {

  private final Map<Place, List<Diagnostic>> known = new HashMap<>(); // by the place of the job

  ReadingRemarks(Graph graph) {
    List<Diagnostic> warnings = graph.workflow().warnings();
    TreeSet<Place> places = new TreeSet<>();
    if (!warnings.isEmpty()) {
      graph.workflow().groups().stream().map(Group::place).forEach(places::add);
      graph.allJobs().stream().forEach(job -> places.add(graph.job(job).place()));
    }
    for (Diagnostic warning : warnings) {
      Place job = places.floor(warning.place());
      boolean none = job == null || !job.file().equals(warning.place().file());
      known.computeIfAbsent(none ? Place.NONE : job, _ -> new ArrayList<>()).add(warning);
    }
  }

  /** Returns the warnings that belong to no job. */
  public static List<Diagnostic> ofNoJob(Graph graph) {
    return new ReadingRemarks(graph).known.getOrDefault(Place.NONE, List.of());
  }

  /** Says what was noticed about the name of a job. */
  void ofName(RemarkedJob job) {
    say(job, true);
  }

  /** Says what was noticed in the keys of a job, whose products may be others than are meant. */
  void ofKeys(RemarkedJob job) {
    say(job, false);
  }

  private void say(RemarkedJob job, boolean name) {
    for (Diagnostic warning : known.getOrDefault(job.job().place(), List.of())) {
      if (warning.place().equals(job.job().place()) == name) {
        job.say(warning.message(), warning.place(), warning.message());
      }
    }
  }
}
