package dev.torc.importing;

import dev.torc.buildfile.LiteralText;
import dev.torc.importing.BuildFileText.Placed;
import dev.torc.importing.BuildFileText.Quoted;
import dev.torc.machine.Amount;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.JsonText;
import dev.torc.syntax.Node;
import dev.torc.syntax.Place;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Translates a workflow of NREL torc to the keys of a build file and their values; its jobs by
 * {@link JobTranslation}, groups where they can be and else one by one.
 */
final class Translation {

  private static final Map<String, String> TRIGGERS =
      Map.of(
          "on_workflow_start", "start",
          "on_workflow_complete", "finish",
          "on_jobs_ready", "ready",
          "on_jobs_complete", "done");

  private final MapReader top;
  private final Notes notes;
  private List<Target> jobs;
  private final List<Target> files;
  private final List<Target> data;
  private Symbols symbols;

  private Translation(MapReader top, Notes notes) {
    this.top = top;
    this.notes = notes;
    this.jobs = targets("jobs", "a job");
    this.files = targets("files", "a file");
    this.data = targets("user_data", "an entry of user_data");
  }

  /**
   * Translates; what is wrong or not carried goes to the notes.
   *
   * @param root the folder of the build file to be
   * @return the keys of the build file with their values, in order
   */
  static SequencedMap<String, Object> of(Node tree, Notes notes, Path root) {
    if (!(tree instanceof Node.Mapping map)) {
      throw new BadInput(tree.place(), "no workflow: it must be a map with name and jobs");
    }
    MapReader top = MapReader.of(map, "a workflow", notes, Map.of());
    Map<String, String> variables = new HashMap<>();
    top.map("variables").forEach((name, text) -> variables.put(name, text.text()));
    return new Translation(top.with(variables), notes).keys(root);
  }

  private List<Target> targets(String key, String each) {
    return top.maps(key, each).stream()
        .map(map -> new Target(map, Sweep.read(map, top.given("parameters"), notes)))
        .toList();
  }

  private <T> SequencedMap<String, T> named(
      String key, String each, Function<MapReader, T> translation) {
    SequencedMap<String, T> all = new LinkedHashMap<>();
    for (MapReader map : top.maps(key, each)) {
      PlacedText name = map.needed("name");
      if (all.put(literal(name.text()), translation.apply(map)) != null) {
        notes.refuse(name.place(), "a second " + name.text() + " in " + key);
      }
    }
    return all;
  }

  private SequencedMap<String, Object> keys(Path root) {
    ResourcesAndRetries rules = new ResourcesAndRetries(notes);
    SequencedMap<String, Placed> classes =
        named("resource_requirements", "an entry of resource_requirements", rules::resources);
    SequencedMap<String, Map<String, Object>> handlers =
        named("failure_handlers", "a failure handler", rules::retries);
    List<MapReader> actions = top.maps("actions", "an action");
    SequencedMap<String, Object> env = new LinkedHashMap<>();
    top.map("env").forEach((name, text) -> env.put(name, literal(text.text())));
    notes.throwIfAny();
    SequencedMap<String, Object> written = jobs(handlers);
    List<Object> hooks = new ArrayList<>();
    actions.forEach(action -> hook(action, hooks));
    SequencedMap<String, Object> keys = new LinkedHashMap<>();
    for (String key : List.of("name", "description")) {
      PlacedText text = top.text(key);
      keys.put(key, text == null ? null : new Placed(text.place(), literal(text.text())));
    }
    keys.put("shell", List.of("bash", "-c"));
    keys.put("env", env);
    keys.put("roots", outside(root));
    keys.put("resources", classes);
    keys.put("data", data());
    keys.put("hooks", hooks);
    keys.values().removeIf(it -> it == null || it.equals(Map.of()) || it.equals(List.of()));
    keys.put("jobs", written);
    return keys;
  }

  /** The jobs by name, after those that can be no groups became single ones. */
  private SequencedMap<String, Object> jobs(Map<String, Map<String, Object>> handlers) {
    while (true) {
      symbols = new Symbols(jobs, files, data, notes);
      SequencedMap<String, Object> written = new LinkedHashMap<>();
      Set<Target> irregular = new HashSet<>();
      for (Target job : jobs) {
        JobTranslation each = new JobTranslation(symbols, notes, job);
        Place place = job.name.place();
        written.put(literal(symbols.names.get(job)), new Placed(place, each.keys(handlers)));
        if (each.irregular() != null) {
          irregular.add(job);
          notes.say(
              place,
              "%s is no group here but %s: %s"
                  .formatted(
                      job.name.text(), Amount.count(job.rows.size(), "job"), each.irregular()));
        }
      }
      if (irregular.isEmpty()) {
        return written;
      }
      // A job that refers to them by the name of a group may be irregular in turn.
      jobs =
          jobs.stream()
              .flatMap(job -> (irregular.contains(job) ? job.oneByOne() : List.of(job)).stream())
              .toList();
    }
  }

  /** What has to be written to mean a text; the text itself where that cannot be written. */
  static String literal(String text) {
    String written = LiteralText.of(text);
    return written == null ? text : written;
  }

  /** The outermost folders of products that lie outside of the root. */
  private List<String> outside(Path root) {
    Set<Path> folders = new TreeSet<>();
    for (Target file :
        symbols.makers.keySet().stream().map(Target.Member::of).distinct().toList()) {
      String path = file.map.needed("path").text();
      try {
        Path folder = root.resolve(path.replaceFirst("(?s)[^/]*(\\{.*)?$", "")).normalize();
        if (!folder.startsWith(root)) {
          folders.add(folder);
        }
      } catch (InvalidPathException e) {
        continue; // the loader says what is wrong with the path
      }
    }
    return folders.stream()
        .filter(f -> folders.stream().noneMatch(other -> !f.equals(other) && f.startsWith(other)))
        .map(folder -> literal(folder.toString()))
        .toList();
  }

  /** The user data that no job stores; of the others it says how the job does it here. */
  private SequencedMap<String, Object> data() {
    SequencedMap<String, Object> out = new LinkedHashMap<>();
    for (Target each : data) {
      String name = each.name.text();
      String key = symbols.names.get(each);
      Node value = each.map.given("data");
      if (!key.equals(name)) {
        notes.say(each.name.place(), "the user data " + name + " is called " + key + " here");
      }
      if (!symbols.storers(each).isEmpty()) {
        String storer = symbols.names.get(symbols.storers(each).getFirst());
        notes.say(
            each.name.place(),
            "the user data %s is not stored by itself%s: let the command of job %s do echo '%s=VALUE' >> \"$TORC_OUTPUT\", and who reads it need {data: %s.%s}"
                .formatted(
                    name,
                    value == null ? "" : ", and the value here is not carried",
                    storer,
                    key,
                    storer,
                    key));
      } else if (value != null) {
        out.put(key, new Placed(each.name.place(), json(value)));
      } else {
        notes.say(
            each.name.place(),
            "the user data " + name + " has no value and no job stores it, so it is not carried");
      }
    }
    return out;
  }

  private static Object json(Node node) {
    return switch (node) {
      case Node.Scalar scalar when scalar.isNothing() -> null;
      case Node.Scalar scalar -> {
        String text = literal(scalar.text());
        // In quotes `12` is a text; without, what can be JSON is what it says.
        boolean isText = scalar.quoted() && !JsonText.of(scalar.text()).startsWith("\"");
        yield isText ? new Quoted(text) : text;
      }
      case Node.Sequence list -> {
        List<Object> items = new ArrayList<>();
        list.items().forEach(item -> items.add(json(item)));
        yield items;
      }
      case Node.Mapping map -> {
        SequencedMap<String, Object> entries = new LinkedHashMap<>();
        map.entries().forEach((key, entry) -> entries.put(key, json(entry.value())));
        yield entries;
      }
    };
  }

  private void hook(MapReader action, List<Object> into) {
    String type = action.needed("action_type").text();
    String trigger = action.needed("trigger_type").text();
    String on = TRIGGERS.get(trigger);
    SequencedMap<String, Object> hook = new LinkedHashMap<>();
    hook.put("on", on);
    String refused =
        !type.equals("run_commands")
            ? "torc runs the jobs on this machine"
            : on == null ? "torc has no such moment" : null;
    if (refused == null && trigger.startsWith("on_jobs")) {
      List<PlacedText> names = action.texts("jobs", "job_name_regexes");
      var found = symbols.jobs.resolve(new Target(action, Sweep.NONE), names);
      Target job = found.isEmpty() ? null : found.firstEntry().getKey();
      if (found.size() == 1 && found.get(job).getFirst().size() == job.rows.size()) {
        hook.put("job", literal(symbols.names.get(job)));
      } else {
        refused = "a hook belongs to one job, or to all of one group";
      }
    }
    if (refused != null) {
      notes.say(
          action.map.place(),
          "the action %s %s is not carried: %s".formatted(type, trigger, refused));
    } else if (!action.texts("commands").isEmpty()) {
      boolean before = on.equals("start") || on.equals("ready");
      hook.put("command", literal(commands(action.texts("commands"), before)));
      if (before) {
        // Only for a required hook do jobs wait, and what they rely on is mostly what it makes.
        hook.put("required", "true");
        notes.say(
            action.map.place(), "what fails in this action is only seen in .torc/logs/hooks.log");
      }
      into.add(hook);
    }
  }

  /**
   * The commands in a row. As in NREL's torc the first failure is the end of them, and no failure
   * of the workflow.
   */
  private static String commands(List<PlacedText> commands, boolean required) {
    if (commands.size() == 1 && !required) {
      return commands.getFirst().text();
    }
    StringBuilder all = new StringBuilder("set -e\n");
    if (required) {
      all.append("trap 'exit 0' EXIT\n");
    }
    commands.forEach(command -> all.append(command.text().stripTrailing()).append('\n'));
    return all.toString();
  }
}
