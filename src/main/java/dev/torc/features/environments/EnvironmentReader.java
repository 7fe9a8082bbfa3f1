package dev.torc.features.environments;

import dev.torc.base.posix.Stop;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.JsonText;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Surroundings;
import dev.torc.core.model.Template;
import dev.torc.features.environments.EnvironmentFiles.Looked;
import dev.torc.features.reading.LinkedJob;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.RowValues;
import dev.torc.features.reading.Scope;
import dev.torc.features.stores.StoresReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Reads {@code environments}: each entry becomes a job that makes the environment, and jobs that
 * name it come after that job. {@link EnvironmentKind} knows the commands of each tool.
 *
 * @param top the top level of the build file
 * @param shared the folder in which roots share environments, perhaps with a group; null for none
 */
public record EnvironmentReader(
    MapFields top, Paths paths, List<String> shell, String shared, Looked looked) {

  /** The folder of the environment, in its commands. */
  private static final RowValues DIR = RowValues.of(Map.of("dir", Scope.LATER));

  /** Cancels an {@code environment} of {@code defaults}. */
  private static final String NONE = "none";

  /** Creates the reader; {@code usual} is the shell if the build file names none. */
  public static EnvironmentReader of(MapFields top, List<String> usual, Paths paths) {
    List<String> own = top.texts("shell");
    return new EnvironmentReader(
        top,
        paths,
        own.isEmpty() ? usual : own,
        new StoresReader(top.scope(), paths, new Problems()).environments(top.map().get("stores")),
        new Looked(new ArrayList<>(), new TreeMap<>()));
  }

  /** Returns the jobs that make environments by the names that jobs use; null after an error. */
  public SequencedMap<String, Job> read() {
    SequencedMap<String, Job> makers = new LinkedHashMap<>();
    Map<String, Node.Entry> entries = top.inner("environments").map().entries();
    for (String name : entries.keySet()) {
      makers.put(name, null);
      top.problems().guard(() -> makers.put(name, maker(name, entries.get(name))));
    }
    return makers;
  }

  private Job maker(String name, Node.Entry entry) {
    Place place = entry.place();
    if (!name.matches("[A-Za-z0-9_.-]+") || name.equals(NONE)) {
      throw new BadInput(
          place, "the name of an environment is letters, digits and _.-, and not none: " + name);
    }
    MapFields fields =
        MapFields.of(entry.value(), "the environment " + name, top.scope(), top.problems());
    if (!fields.map().entries().containsKey("kind")) {
      throw new BadInput(
          place, "environment %s has no kind: %s".formatted(name, EnvironmentKind.WORDS));
    }
    String word = fields.text("kind", "");
    if (EnvironmentKind.instead(word) != null) {
      throw new BadInput(
          fields.map().get("kind").place(),
          "no kind %s; write %s".formatted(word, EnvironmentKind.instead(word)));
    }
    EnvironmentKind kind = EnvironmentKind.of(fields.choice("kind", "", EnvironmentKind.WORDS));
    if (kind == null) {
      return null; // reported
    }
    fields.only(kind.keys(), "an environment of kind " + kind.word());
    Node file = fields.map().get("file");
    EnvironmentFiles files =
        new EnvironmentFiles(
            paths.ofRoot(), file == null ? fields.map().place() : file.place(), looked);
    EnvironmentKind.Recipe made = kind.read(name, fields, files, paths);
    boolean loose = !files.loose().isEmpty();
    if (loose) {
      String line =
          "environment %s has requirements without ==, such as %s: the same results are not"
              + " certain, and go to no shared store";
      top.problems().warn(place, line.formatted(name, files.loose().getFirst()));
    }
    List<String> shell = kind == EnvironmentKind.COMMANDS ? shell() : Step.SH;
    SortedMap<String, Extra> extras = new TreeMap<>();
    extras.put(EnvironmentMaking.CREATE, command(made.create(), shell));
    if (made.activate() != null) {
      extras.put(EnvironmentMaking.ACTIVATE, command(made.activate(), shell));
    }
    if (shared != null && kind != EnvironmentKind.MODULE && !files.isBound()) {
      extras.put(MadeEnvironment.SHARED, new Extra(Template.of(shared)));
    }
    String outside = top.scope().vars().home().prefix() + name;
    Surroundings in =
        new Surroundings(outside, written(fields, extras, files.asked()), files.files());
    extras.put(EnvironmentMaking.KEY, in.extra());
    Job.Labels labels = new Job.Labels(List.of(), "", null, Collections.emptySortedMap());
    Job.Caching caching = loose ? Job.Caching.LOCAL : Job.Caching.NEVER;
    Job.Links links = new Job.Links(List.of(), List.of(), List.of(), List.of(), null, caching);
    List<Step> steps = List.of(shown(name, shell));
    SortedSet<Integer> skip = Collections.emptySortedSet();
    Job.Runs runs =
        new Job.Runs(steps, List.of(), Job.Resources.DEFAULT, 0, Job.Retry.NONE, Stop.USUAL, skip);
    EnumSet<Trait> traits = EnumSet.of(Trait.MANUAL, Trait.TEMPORARY);
    return new Job(in.maker(), labels, place, links, runs, traits, extras);
  }

  /** Returns a step that stands for the commands, which the part of the attempt runs. */
  private static Step shown(String name, List<String> shell) {
    List<Template> words = List.of(Template.of(EnvironmentMaking.KEY), Template.of(name));
    Step.Command command = new Step.Command.Words(words);
    return new Step(command, ".", Collections.emptySortedMap(), shell, null);
  }

  /** Returns the entry as written, as JSON, with what manifests ask of its locks. */
  private static String written(
      MapFields fields, SortedMap<String, Extra> extras, SortedMap<String, String> asked) {
    SortedMap<String, String> written = new TreeMap<>();
    for (String key : fields.map().entries().keySet()) {
      Extra command = extras.get(EnvironmentMaking.KEY + " " + key);
      Node own = fields.map().get(key);
      written.put(
          key,
          command != null
              ? JsonText.string(command.text().declared())
              : own instanceof Node.Sequence
                  ? fields.texts(key).stream().map(JsonText::string).toList().toString()
                  : JsonText.string(fields.text(key, "")));
    }
    if (!asked.isEmpty()) {
      written.put("manifest", JsonText.object(asked));
    }
    return JsonText.object(written);
  }

  /** Reads a command, in which {@code {dir}} is the folder of the environment. */
  private Extra command(Node.Scalar text, List<String> shell) {
    return new Extra(top.scope().with(DIR).command(text, shell));
  }

  /** Returns a job in its environment, after the job that makes it. */
  public static Job entered(MapFields job, Job read, Map<String, Job> declared) {
    String name = job.text(EnvironmentMaking.KEY, NONE);
    if (name.equals(NONE) || name.indexOf(Scope.ANY) >= 0 || name.indexOf(Scope.ANY_PATH) >= 0) {
      return read;
    }
    Place place = job.map().get(EnvironmentMaking.KEY).place();
    Job maker = declared.get(name);
    if (maker == null && declared.containsKey(name)) {
      return read; // the entry's error is reported
    } else if (maker == null) {
      String hint = NearestName.hint(name, declared.keySet());
      String more = declared.isEmpty() ? "; describe it in environments" : hint;
      job.problems().add(place, "no environment " + name + more);
      return read;
    } else if (read.runsInContainers()) {
      job.problems()
          .add(place, "a job runs in an image or in an environment; environment: none cancels one");
      return read;
    }
    Surroundings in = maker.surroundings();
    Job.Links links = read.links();
    List<Ref.OfJob> after = new ArrayList<>(links.after());
    after.add(new Ref.OfJob(place, in.maker()));
    boolean local =
        maker.links().caching() == Job.Caching.LOCAL && links.caching() != Job.Caching.NEVER;
    SortedMap<String, Extra> extras = new TreeMap<>(read.extras());
    extras.put(EnvironmentMaking.KEY, in.extra());
    Extra folder = maker.extras().get(MadeEnvironment.SHARED);
    if (folder != null) {
      extras.put(MadeEnvironment.SHARED, folder);
    }
    Job.Caching caching = local ? Job.Caching.LOCAL : links.caching();
    return LinkedJob.with(read, links.needs(), List.copyOf(after), caching, extras);
  }
}
