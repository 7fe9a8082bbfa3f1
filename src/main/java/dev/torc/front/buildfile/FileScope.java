package dev.torc.front.buildfile;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Problems;
import dev.torc.features.groups.FactoryReader;
import dev.torc.features.packages.UnchangedPackages;
import dev.torc.features.reading.Home;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Vars;
import dev.torc.front.buildfile.ParsedBuildFile.Overrides;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What the names, paths and values of one build file mean, with the files that it includes as its
 * own: the project's, or a package's. {@link PackageReader} makes those of packages.
 *
 * @param top the top level without {@code jobs}, with what the including file gives to a package
 * @param jobs as written; reading them empties the map
 * @param problems those of this file
 */
record FileScope(
    FileLayers layers,
    Node.Mapping top,
    SequencedMap<String, Entry> jobs,
    Scope scope,
    Paths paths,
    GivenNeeds given,
    Overrides over) {

  static FileScope of(
      FileLayers layers,
      Node.Mapping all,
      Vars vars,
      Paths paths,
      GivenNeeds given,
      Overrides over,
      Problems problems) {
    Scope scope = new Scope(vars, null, problems);
    Map<String, Entry> made = new FactoryReader(all, scope, problems).jobs().entries();
    return new FileScope(
        layers, all.without("jobs"), new LinkedHashMap<>(made), scope, paths, given, over);
  }

  Home home() {
    return scope.vars().home();
  }

  Problems problems() {
    return scope.problems();
  }

  MapFields fields() {
    return new MapFields(top, scope, scope.problems());
  }

  /** Tells the names of the jobs to the other build files of the project. */
  void tellNames(UnchangedPackages unchanged) {
    unchanged.tell(home());
    Problems none = new Problems();
    Scope quiet = scope.withProblems(none);
    MapFields defaults = new MapFields(top, quiet, none).inner("defaults");
    jobs.forEach(
        (key, entry) ->
            none.guard(
                () -> {
                  String name = quiet.text(new Node.Scalar(entry.place(), key, true));
                  MapFields job = MapFields.of(entry.value(), key, quiet, none);
                  boolean manual =
                      (job.map().get("manual") == null ? defaults : job).flag("manual");
                  home().tell(home().prefix() + name, manual);
                }));
  }
}
