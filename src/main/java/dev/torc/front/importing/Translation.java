package dev.torc.front.importing;

import static dev.torc.front.importing.LiteralText.literal;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.JsonText;
import dev.torc.base.syntax.Node;
import dev.torc.base.text.Amount;
import dev.torc.front.importing.BuildFileText.Placed;
import dev.torc.front.importing.BuildFileText.Quoted;
import dev.torc.front.importing.Imported.Notes;
import dev.torc.front.importing.Target.Member;
import dev.torc.front.importing.Text.PlacedText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Translates a workflow of NREL torc to the keys of a build file and their values. {@link
 * JobTranslation} translates its jobs, as groups if possible, otherwise one by one.
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
   * Returns the keys of the build file with their values, in order. What is wrong or not carried
   * over goes to the notes; {@code root} is the folder of the new build file.
   */
  static SequencedMap<String, Object> of(Node tree, Notes notes, Path root) {
    if (!(tree instanceof Node.Mapping map)) {
      throw new BadInput(tree.place(), "no workflow: it must be a map with name and jobs");
    }
    MapReader top = MapReader.of(map, "a workflow", notes, Map.of());
    Map<String, String> variables = new HashMap<>();
    top.textsByKey("variables").forEach((name, text) -> variables.put(name, text.text()));
    return new Translation(top.with(variables), notes).keys(root);
  }

  private List<Target> targets(String key, String each) {
    return top.maps(key, each).stream()
        .map(map -> new Target(map, Sweep.read(map, top.entries("parameters"), notes)))
        .toList();
  }

  private <T> SequencedMap<String, T> named(
      String key, String each, Function<MapReader, T> translation) {
    SequencedMap<String, T> all = new LinkedHashMap<>();
    for (MapReader map : top.maps(key, each)) {
      PlacedText name = map.needed("name");
      if (all.put(literal(name.text()), translation.apply(map)) != null) {
        notes.wrong().add(name.place(), "a second " + name.text() + " in " + key);
      }
    }
    return all;
  }

  private SequencedMap<String, Object> keys(Path root) {
    ResourcesAndRetries rules = new ResourcesAndRetries(notes);
    SequencedMap<String, Object> keys = new LinkedHashMap<>();
    for (String key : List.of("name", "description")) {
      top.texts(key).forEach(it -> keys.put(key, new Placed(it.place(), literal(it.text()))));
    }
    SequencedMap<String, Object> env = new LinkedHashMap<>();
    top.textsByKey("env").forEach((name, text) -> env.put(name, literal(text.text())));
    SequencedMap<String, Placed> classes =
        named("resource_requirements", "an entry of resource_requirements", rules::resources);
    SequencedMap<String, Map<String, Object>> handlers =
        named("failure_handlers", "a failure handler", rules::retries);
    List<MapReader> actions = top.maps("actions", "an action");
    notes.wrong().throwIfAny();
    SequencedMap<String, Object> written = jobs(handlers);
    keys.put("shell", List.of("bash", "-c"));
    keys.put("env", env);
    keys.put("roots", outside(root));
    keys.put("resources", classes);
    keys.put("data", data());
    keys.put("hooks", actions.stream().map(this::hook).filter(Objects::nonNull).toList());
    keys.values().removeIf(it -> it.equals(Map.of()) || it.equals(List.of()));
    keys.put("jobs", written);
    return keys;
  }

  /** Returns the jobs by name. A group that cannot be written as one is split into single jobs. */
  private SequencedMap<String, Object> jobs(Map<String, Map<String, Object>> handlers) {
    while (true) {
      symbols = new Symbols(jobs, files, data, notes);
      SequencedMap<String, Object> written = new LinkedHashMap<>();
      List<Target> next = new ArrayList<>();
      for (Target job : jobs) {
        try {
          Object keys = new JobTranslation(symbols, notes, job).keys(handlers);
          written.put(literal(symbols.names.get(job)), new Placed(job.name.place(), keys));
          next.add(job);
        } catch (BadInput irregular) {
          if (!job.isGroup()) {
            notes.wrong().add(irregular);
            notes.wrong().throwIfAny();
          }
          next.addAll(job.oneByOne());
          String why = irregular.diagnostics().getFirst().message();
          String many = Amount.count(job.members().size(), "job");
          String said = "%s is not a group here but %s: %s".formatted(job.name.text(), many, why);
          notes.changes().add(job.name.place(), said);
        }
      }
      if (next.equals(jobs)) {
        return written;
      }
      notes.wrong().throwIfAny();
      jobs = next; // a job that refers to a split group by its name may itself have to be split now
    }
  }

  /** Returns the outermost folders of products outside of the root. */
  private List<String> outside(Path root) {
    Set<Path> folders = new TreeSet<>();
    for (Target file : symbols.makers.keySet().stream().map(Member::of).distinct().toList()) {
      String path = file.map.needed("path").text();
      folders.add(root.resolve(path.replaceFirst("(?s)[^/]*(\\{.*)?$", "")).normalize());
    }
    folders.removeIf(folder -> folder.startsWith(root));
    return folders.stream()
        .filter(f -> folders.stream().noneMatch(other -> !f.equals(other) && f.startsWith(other)))
        .map(folder -> literal(folder.toString()))
        .toList();
  }

  /**
   * Returns the user data that no job stores. For other data, notes how the job must store it here.
   */
  private SequencedMap<String, Object> data() {
    SequencedMap<String, Object> out = new LinkedHashMap<>();
    for (Target each : data) {
      String key = symbols.names.get(each);
      Node value = each.map.given("data");
      String said = "the user data " + each.name.text();
      if (!key.equals(each.name.text())) {
        notes.changes().add(each.name.place(), said + " is called " + key + " here");
      }
      if (!symbols.storers(each).isEmpty()) {
        String how =
            " is not stored by itself%s: let the command of job %s do echo '%s=VALUE' >> \"$TORC_OUTPUT\", and each job that reads it needs {data: %2$s.%3$s}"
                .formatted(
                    value == null ? "" : ", and the value here is not carried",
                    symbols.names.get(symbols.storers(each).iterator().next()),
                    key);
        notes.changes().add(each.name.place(), said + how);
      } else if (value != null) {
        out.put(key, new Placed(each.name.place(), json(value)));
      } else {
        String why = " has no value and no job stores it, so it is not carried";
        notes.changes().add(each.name.place(), said + why);
      }
    }
    return out;
  }

  private static Object json(Node node) {
    return switch (node) {
      case Node.Scalar scalar when scalar.isNothing() -> null;
      // In quotes `12` is a text; without quotes, a text that can be JSON is that value.
      case Node.Scalar(_, String text, boolean quoted, _)
          when quoted && !JsonText.of(text).startsWith("\"") ->
          new Quoted(literal(text));
      case Node.Scalar scalar -> literal(scalar.text());
      case Node.Sequence list -> list.items().stream().map(Translation::json).toList();
      case Node.Mapping map -> {
        SequencedMap<String, Object> entries = new LinkedHashMap<>();
        map.entries().forEach((key, entry) -> entries.put(key, json(entry.value())));
        yield entries;
      }
    };
  }

  /**
   * Returns an action as a hook; null if it has no commands or cannot be a hook, which is noted.
   */
  private Map<String, Object> hook(MapReader action) {
    String type = action.needed("action_type").text();
    String trigger = action.needed("trigger_type").text();
    String on = TRIGGERS.get(trigger);
    List<PlacedText> commands = action.texts("commands");
    SequencedMap<String, Object> hook = new LinkedHashMap<>();
    hook.put("on", on);
    String refused = on == null ? "torc has no such moment" : null;
    if (!type.equals("run_commands")) {
      refused = "torc runs the jobs on this machine";
    } else if (trigger.startsWith("on_jobs") && on != null) {
      List<PlacedText> names = action.texts("jobs", "job_name_regexes");
      Member from = new Member(new Target(action, Sweep.NONE), Map.of());
      Set<Member> found = symbols.jobs.resolve(from, names);
      Target first = found.isEmpty() ? null : found.iterator().next().of();
      if (first != null && found.equals(first.members())) {
        hook.put("job", literal(symbols.names.get(first)));
      } else {
        refused = "a hook belongs to one job, or to all of one group";
      }
    }
    if (refused != null) {
      String said = "the action %s %s is not carried: %s".formatted(type, trigger, refused);
      notes.changes().add(action.place(), said);
    }
    if (refused != null || commands.isEmpty()) {
      return null;
    }
    // As in NREL's torc, the first failure ends the commands but does not fail the workflow. Jobs
    // wait only for a required hook, and they usually rely on what the hook makes.
    boolean before = on.equals("start") || on.equals("ready");
    StringBuilder all = new StringBuilder(before ? "set -e\ntrap 'exit 0' EXIT\n" : "set -e\n");
    commands.forEach(it -> all.append(it.text().stripTrailing()).append('\n'));
    boolean plain = commands.size() == 1 && !before;
    hook.put("command", literal(plain ? commands.getFirst().text() : all.toString()));
    if (before) {
      hook.put("required", "true");
      String said = "what fails in this action is only seen in .torc/logs/hooks.log";
      notes.changes().add(action.place(), said);
    }
    return hook;
  }
}
