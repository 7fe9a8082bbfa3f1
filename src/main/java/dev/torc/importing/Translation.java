package dev.torc.importing;

import dev.torc.buildfile.LiteralText;
import dev.torc.importing.WorkflowSpec.Action;
import dev.torc.importing.WorkflowSpec.Handler;
import dev.torc.importing.WorkflowSpec.Job;
import dev.torc.importing.WorkflowSpec.UserData;
import dev.torc.importing.YamlWriter.Flow;
import dev.torc.importing.YamlWriter.Placed;
import dev.torc.importing.YamlWriter.Quoted;
import dev.torc.syntax.JsonText;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Node;
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

/**
 * Translates a workflow of NREL torc to the keys of a build file and their values. Needs are found
 * by {@link Dependencies}, commands written by {@link CommandText}, and the text by {@link
 * YamlWriter}.
 */
final class Translation {

  private final WorkflowSpec spec;
  private final Notes notes;
  private final Path root;
  private final SymbolTable symbols;
  private final ResourcesAndRetries classes;
  private final Map<String, Handler> handlers = new HashMap<>();
  private final Map<Handler, SequencedMap<String, Object>> retries = new HashMap<>();
  private final TreeSet<String> folders = new TreeSet<>();
  private boolean brace;

  private Translation(WorkflowSpec spec, Notes notes, Path root, Set<Job> unrolled) {
    this.spec = spec;
    this.notes = notes;
    this.root = root;
    this.symbols = new SymbolTable(spec, notes, unrolled);
    this.classes = new ResourcesAndRetries(notes);
  }

  /**
   * Translates; what is wrong or not carried goes to the notes.
   *
   * @param root the folder of the build file to be
   * @return the keys of the build file with their values, in order
   */
  static SequencedMap<String, Object> of(WorkflowSpec spec, Notes notes, Path root) {
    Set<Job> unrolled = new HashSet<>();
    while (true) {
      Notes own = new Notes();
      Translation tried = new Translation(spec, own, root, unrolled);
      SequencedMap<String, Object> top = tried.top();
      if (unrolled.addAll(tried.symbols.irregular)) {
        continue;
      }
      notes.add(own);
      return top;
    }
  }

  private SequencedMap<String, Object> top() {
    for (Handler handler : spec.handlers()) {
      if (handlers.put(handler.name().text(), handler) != null) {
        notes.refuse(handler.name().place(), "a second failure handler " + handler.name().text());
      }
    }
    SequencedMap<String, Object> known = classes.of(spec.classes());
    SequencedMap<String, Object> jobs = new LinkedHashMap<>();
    symbols.targets.forEach(
        (target, job) -> {
          jobs.put(
              literal(symbols.name(target)),
              new Placed(job.sweep().place(), job(job, target, known)));
        });
    SequencedMap<String, Object> top = new LinkedHashMap<>();
    literal(top, "name", spec.name());
    literal(top, "description", spec.description());
    top.put("shell", List.of("bash", "-c"));
    if (brace) {
      top.put("vars", Map.of(CommandText.BRACE, "{"));
    }
    if (!spec.env().isEmpty()) {
      SequencedMap<String, Object> env = new LinkedHashMap<>();
      spec.env().forEach((name, text) -> literal(env, name, text));
      top.put("env", env);
    }
    if (!folders.isEmpty()) {
      top.put("roots", List.copyOf(outermost()));
    }
    if (!known.isEmpty()) {
      top.put("resources", known);
    }
    SequencedMap<String, Object> data = data();
    if (!data.isEmpty()) {
      top.put("data", data);
    }
    List<Object> hooks = new ArrayList<>();
    spec.actions().forEach(action -> hook(action, hooks));
    if (!hooks.isEmpty()) {
      top.put("hooks", hooks);
    }
    top.put("jobs", jobs);
    return top;
  }

  private static void literal(SequencedMap<String, Object> into, String key, PlacedText text) {
    if (text != null) {
      into.put(key, new Placed(text.place(), literal(text.text())));
    }
  }

  /** What has to be written to mean a text; the text itself where that cannot be written. */
  private static String literal(String text) {
    String written = LiteralText.of(text);
    return written == null ? text : written;
  }

  private SequencedMap<String, Object> job(
      Job job, Target target, SequencedMap<String, Object> known) {
    Dependencies needs = new Dependencies(symbols, notes, target);
    CommandText command = new CommandText(symbols, notes, target, needs);
    SequencedMap<String, Object> out = new LinkedHashMap<>();
    out.put("command", new Placed(job.command().place(), command.written()));
    brace |= command.usesBrace();
    parameters(target, out);
    items(out, "needs", needs.needs());
    items(out, "produces", needs.produces());
    needs.produces().forEach(item -> item.refs().forEach(this::outside));
    resources(job, target, known, out);
    if (job.handler() != null) {
      Handler handler = handlers.get(job.handler().text());
      if (handler == null) {
        notes.refuse(
            job.handler().place(),
            "no failure handler "
                + job.handler().text()
                + NearestName.hint(job.handler().text(), handlers.keySet()));
      } else {
        out.putAll(retries.computeIfAbsent(handler, classes::retry));
      }
    }
    if (job.priority() != null) {
      out.put("priority", CommandText.plain(symbols, target, job.priority()));
    }
    SequencedMap<String, Object> env = new LinkedHashMap<>();
    job.env().forEach((name, text) -> env.put(name, CommandText.plain(symbols, target, text)));
    if (!env.isEmpty()) {
      out.put("env", env);
    }
    if (storesEphemeral(target)) {
      out.put("always", "true");
    }
    out.replaceAll(
        (key, value) -> value instanceof Placed ? value : new Placed(job.sweep().place(), value));
    return out;
  }

  private boolean storesEphemeral(Target target) {
    return spec.userData().stream()
        .anyMatch(d -> d.ephemeral() && symbols.storers(d.name().text()).contains(target));
  }

  private void parameters(Target target, SequencedMap<String, Object> out) {
    if (!target.isGroup()) {
      return;
    }
    boolean zip = target.sweep.zip() && target.kept.size() > 1;
    SequencedMap<String, Object> parameters = new LinkedHashMap<>();
    for (SweepAxis axis : target.sweep.axes()) {
      if (!target.kept.contains(axis.name())) {
        continue;
      }
      // Of a zip that lost a parameter, rows may have become equal.
      List<String> values =
          zip ? target.rows.stream().map(row -> row.get(axis.name())).toList() : axis.values();
      boolean range = axis.range().size() == 3 && values.equals(axis.values()) && !values.isEmpty();
      parameters.put(
          symbols.parameter(axis.name()),
          new Placed(
              axis.place(), range ? range(axis) : values.stream().map(this::value).toList()));
    }
    out.put("parameters", parameters);
    if (zip) {
      out.put("mode", "zip");
    }
  }

  private Object value(String text) {
    String written = LiteralText.of(text);
    // `~` and the like are values here, not nothing.
    return text.isEmpty() || text.equals("null") ? new Quoted(text) : written;
  }

  private static Flow range(SweepAxis axis) {
    SequencedMap<String, Object> range = new LinkedHashMap<>();
    range.put("from", axis.range().get(0));
    range.put("to", axis.range().get(1));
    if (!axis.range().get(2).equals("1")) {
      range.put("step", axis.range().get(2));
    }
    return new Flow(range);
  }

  private static void items(
      SequencedMap<String, Object> out, String key, List<Dependencies.Item> items) {
    if (items.isEmpty()) {
      return;
    }
    boolean labels = items.size() > 1 && items.stream().anyMatch(item -> item.label() != null);
    if (!labels) {
      List<Object> refs = new ArrayList<>();
      items.forEach(item -> refs.addAll(item.refs()));
      out.put(key, refs.size() == 1 ? refs.getFirst() : refs);
      return;
    }
    SequencedMap<String, Object> named = new LinkedHashMap<>();
    List<Object> others = new ArrayList<>();
    for (Dependencies.Item item : items) {
      if (item.label() == null) {
        others.addAll(item.refs());
      } else {
        named.put(item.label(), item.refs().size() == 1 ? item.refs().getFirst() : item.refs());
      }
    }
    if (!others.isEmpty()) {
      named.put(
          Label.unique("others", "_", named.keySet()),
          others.size() == 1 ? others.getFirst() : others);
    }
    out.put(key, named);
  }

  /** Notes the folder of a product that lies outside of the root. */
  private void outside(Object product) {
    String text = product.toString();
    int hole = text.indexOf('{');
    String fixed = hole < 0 ? text : text.substring(0, hole);
    int slash = fixed.lastIndexOf('/');
    if (slash < 0) {
      return;
    }
    try {
      Path folder = root.resolve(fixed.substring(0, slash + 1).replace("\\", "")).normalize();
      if (!folder.startsWith(root)) {
        folders.add(folder.toString());
      }
    } catch (InvalidPathException e) {
      // The loader says what is wrong with the path.
      return;
    }
  }

  private List<String> outermost() {
    List<String> outer = new ArrayList<>();
    for (String folder : folders) {
      if (outer.stream().noneMatch(other -> Path.of(folder).startsWith(other))) {
        outer.add(literal(folder));
      }
    }
    return outer;
  }

  private void resources(
      Job job,
      Target target,
      SequencedMap<String, Object> known,
      SequencedMap<String, Object> out) {
    if (job.resources() == null) {
      return;
    }
    List<TextPiece> pieces = TextPiece.ofName(job.resources().text(), target.sweep.parameters());
    for (SequencedMap<String, String> row : target.sweep.rows()) {
      String name = ParameterSweep.expand(pieces, row);
      if (!known.containsKey(LiteralText.of(name))) {
        notes.refuse(
            job.resources().place(),
            "no resource_requirements " + name + NearestName.hint(name, known.keySet()));
        return;
      }
    }
    out.put("resources", CommandText.plain(symbols, target, job.resources()));
  }

  /** The user data that no job stores; of the others it says how the job does it here. */
  private SequencedMap<String, Object> data() {
    SequencedMap<String, Object> data = new LinkedHashMap<>();
    for (UserData each : spec.userData()) {
      String name = each.name().text();
      String key = symbols.dataKey(name);
      if (key != null && !key.equals(name)) {
        notes.say(each.name().place(), "the user data " + name + " is called " + key + " here");
      }
      List<Target> storers = symbols.storers(name);
      if (storers.isEmpty()) {
        if (each.value() != null) {
          data.put(key, new Placed(each.name().place(), json(each.value())));
        } else {
          notes.say(
              each.name().place(),
              "the user data " + name + " has no value and no job stores it, so it is not carried");
        }
        continue;
      }
      notes.say(
          each.name().place(),
          "the user data %s is not stored by itself%s: let the command of job %s do echo '%s=VALUE' >> \"$TORC_OUTPUT\", and who reads it need {data: %s.%s}"
              .formatted(
                  name,
                  each.value() == null ? "" : ", and the value here is not carried",
                  symbols.name(storers.getFirst()),
                  key,
                  symbols.name(storers.getFirst()),
                  key));
    }
    return data;
  }

  private static Object json(Node node) {
    return switch (node) {
      case Node.Scalar scalar when scalar.isNothing() -> new YamlWriter.Bare("null");
      case Node.Scalar scalar -> {
        String text = literal(scalar.text());
        // In quotes `12` is a text; without, what can be JSON is what it says.
        boolean isText = scalar.quoted() && !JsonText.of(scalar.text()).startsWith("\"");
        yield isText ? new Quoted(text) : text;
      }
      case Node.Sequence list -> list.items().stream().map(Translation::json).toList();
      case Node.Mapping map -> {
        SequencedMap<String, Object> entries = new LinkedHashMap<>();
        map.entries().forEach((key, entry) -> entries.put(key, json(entry.value())));
        yield entries;
      }
    };
  }

  private void hook(Action action, List<Object> into) {
    String on =
        switch (action.trigger()) {
          case "on_workflow_start" -> "start";
          case "on_workflow_complete" -> "finish";
          case "on_jobs_ready" -> "ready";
          case "on_jobs_complete" -> "done";
          default -> null;
        };
    if (on == null) {
      notes.say(action.place(), "an action " + action.trigger() + " is not carried");
      return;
    }
    String job = null;
    if (on.equals("ready") || on.equals("done")) {
      Target none =
          new Target(
              ParameterSweep.of(new PlacedText(action.place(), ""), List.of(), false), List.of());
      var links = symbols.jobs.resolve(none, action.jobs());
      if (links.size() != 1
          || links.firstEntry().getValue().getFirst().size()
              != links.firstEntry().getKey().rows.size()) {
        notes.say(
            action.place(),
            "an action "
                + action.trigger()
                + " is not carried: a hook belongs to one job, or to all of one group");
        return;
      }
      job = symbols.name(links.firstEntry().getKey());
    }
    if (action.commands().isEmpty()) {
      return;
    }
    SequencedMap<String, Object> hook = new LinkedHashMap<>();
    hook.put("on", on);
    if (job != null) {
      hook.put("job", literal(job));
    }
    boolean before = on.equals("start") || on.equals("ready");
    literal(hook, "command", new PlacedText(action.place(), commands(action, before)));
    if (before) {
      // Only for a required hook do jobs wait, and what they rely on is mostly what it makes.
      hook.put("required", "true");
      notes.say(action.place(), "what fails in this action is only seen in .torc/logs/hooks.log");
    }
    into.add(hook);
  }

  /**
   * The commands in a row. As in NREL's torc the first failure is the end of them, and no failure
   * of the workflow.
   */
  private static String commands(Action action, boolean required) {
    if (action.commands().size() == 1 && !required) {
      return action.commands().getFirst().text();
    }
    StringBuilder all = new StringBuilder("set -e\n");
    if (required) {
      all.append("trap 'exit 0' EXIT\n");
    }
    action.commands().forEach(command -> all.append(command.text().stripTrailing()).append('\n'));
    return all.toString();
  }
}
