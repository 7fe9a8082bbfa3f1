package dev.torc.front.buildfile;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Workflow.Executor;
import dev.torc.features.Feature;
import dev.torc.features.reading.Home;
import dev.torc.features.reading.Vars;
import dev.torc.features.sandbox.Sandbox;
import dev.torc.features.when.WhenReader;
import dev.torc.front.buildfile.ParsedBuildFile.Overrides;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * The settings that all jobs of a build file share.
 *
 * @param parents the needs that {@code dependencies} adds, by the key of the job
 * @param when finds out whether the conditions of jobs hold
 * @param over the overrides of the command line
 */
record JobSettings(
    Vars vars,
    Node.Mapping top,
    Map<String, List<Item>> parents,
    DeclaredNames known,
    EnvLayers env,
    WhenReader when,
    Overrides over) {

  /** Returns what features know of the build file. */
  Feature.Reading reading(Node.Mapping defaults) {
    Set<String> called = over.sandbox() ? Set.of(Sandbox.KEY) : Set.of();
    return new Feature.Reading(
        paths().root(), top, defaults, called, known.environments, when::lack);
  }

  /** Returns these settings without what {@code defaults} adds to lists. */
  JobSettings bare() {
    DeclaredNames bare =
        new DeclaredNames(
            known.counters, known.executors, known.environments, known.adds.none(), known.given);
    return new JobSettings(vars, top, parents, bare, env, when, over);
  }

  Paths paths() {
    return when.paths();
  }

  /** Returns whether a job of a package runs in another folder than that of its build file. */
  boolean isElsewhere(Place place) {
    return vars.home().outer() != null && !paths().folder().equals(Home.folderOf(place));
  }

  /**
   * The names that the build file declares: counters, each with whether it counts bytes, executors
   * and environments.
   *
   * @param adds what {@code defaults} adds to lists, with the jobs that it names
   * @param given the needs that the including file gives to a package
   */
  record DeclaredNames(
      SortedMap<String, Boolean> counters,
      List<Executor> executors,
      Map<String, Job> environments,
      Additions adds,
      GivenNeeds given) {}
}
