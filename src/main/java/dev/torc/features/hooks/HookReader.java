package dev.torc.features.hooks;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Template;
import dev.torc.core.model.Workflow.Hook;
import dev.torc.core.model.Workflow.Hook.On;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Reads {@code hooks}: a map of commands by event, or a list of maps. */
public record HookReader(Scope scope, List<String> shell, Problems problems, List<Hook> hooks) {

  /** {@code hooks} as a map. */
  public static final List<String> HOOKS = List.of("start", "success", "failure", "finish");

  /** An entry of {@code hooks} as a list. */
  public static final List<String> HOOK = List.of("on", "job", "command", "required");

  /**
   * Reads the hooks; errors are added to the problems. {@code names} has the names of all jobs and
   * groups.
   */
  public static List<Hook> read(
      Node node, Scope scope, List<String> shell, Collection<String> names, Problems problems) {
    HookReader reader = new HookReader(scope, shell, problems, new ArrayList<>());
    if (node instanceof Node.Sequence list) {
      list.items().forEach(item -> reader.entry(item, names));
    } else {
      reader.map(MapFields.map(node, "hooks", problems));
    }
    return List.copyOf(reader.hooks);
  }

  private void map(Node.Mapping map) {
    MapFields fields = new MapFields(map, scope, problems).only(HOOKS, "hooks");
    for (String key : HOOKS) {
      On on = MapFields.constant("on", key, On.values());
      fields.read(
          key,
          false,
          node -> hooks.add(new Hook(node.place(), on, null, command(node), shell, false)));
    }
  }

  private void entry(Node node, Collection<String> names) {
    MapFields fields = MapFields.of(node, "a hook", scope, problems).only(HOOK, "a hook");
    Node.Mapping map = fields.map();
    problems.guard(
        () -> {
          if (map.get("on") == null || map.get("command") == null) {
            throw new BadInput(node.place(), "a hook has on and command");
          }
          On on =
              fields.read("on", null, text -> MapFields.constant("on", text.text(), On.values()));
          if (on == null) {
            return;
          }
          String job = map.get("job") == null ? null : job(map.get("job"), names);
          String name = on.name().toLowerCase(Locale.ROOT);
          if (job == null && (on == On.READY || on == On.DONE)) {
            String line = name + " is of a job; add job: NAME of a job or group";
            throw new BadInput(map.get("on").place(), line);
          }
          if (job != null && (on == On.START || on == On.FINISH)) {
            String write = on == On.START ? "ready" : "done";
            String line = name + " is of the build; of a job write " + write;
            throw new BadInput(map.get("on").place(), line);
          }
          String command = command(MapFields.scalar(map.get("command"), "command"));
          hooks.add(new Hook(node.place(), on, job, command, shell, fields.flag("required")));
        });
  }

  private String job(Node node, Collection<String> names) {
    return MapFields.requireJob(scope.text(MapFields.scalar(node, "job")), node.place(), names);
  }

  private String command(Node.Scalar node) {
    if (node.text().isBlank()) {
      throw new BadInput(node.place(), "the command is empty");
    }
    StringBuilder text = new StringBuilder();
    for (Template.Part part : scope.command(node, shell).parts()) {
      switch (part) {
        case Template.Part.Text t -> text.append(t.text());
        case Template.Part.Slot slot ->
            throw new BadInput(node.place(), slot + " is of a job; a hook has only vars");
      }
    }
    return text.toString();
  }
}
