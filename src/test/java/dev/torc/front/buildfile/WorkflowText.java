package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.Group;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.core.model.Workflow;
import dev.torc.features.reading.Placeholder;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes a workflow as text for tests: how it differs from one with a single job that is only a
 * command. Jobs come first, then groups, then warnings; the words are the names of the records'
 * components.
 */
final class WorkflowText {

  private static final Workflow PLAIN = Written.yaml("jobs: { plain: { command: x } }").load();
  private static final Group PLAIN_GROUP =
      new Group(
          null,
          null,
          null,
          List.of(),
          new Group.Further(List.of(), List.of(), List.of(), List.of(), false),
          new Group.Sources(List.of(), "", List.of(), false, Group.Columns.NONE),
          List.of());
  private static final int WIDTH = 100;

  /**
   * Matches a text that is put in quotes, because its end would not be visible among other texts.
   */
  private static final String ODD = "(?s)|[ !].*|.* |.*[,\\[\\]{}\"\n\r\t].*";

  private WorkflowText() {}

  /**
   * Returns what is special about a workflow. Adjacent items that differ only in their names share
   * a line.
   */
  static List<String> special(Workflow workflow) {
    List<String> told = new ArrayList<>();
    told.addAll(parts(workflow, PLAIN, "jobs groups starts executors warnings"));
    for (Workflow.Executor each : workflow.settings().executors()) {
      List<String> parts = parts(each.settings(), null, "name");
      parts.addAll(parts(each, null, "settings"));
      told.addAll(line("executor " + each.name(), parts));
    }
    List<String> names = new ArrayList<>();
    List<String> same = null;
    for (Job job : workflow.jobs()) {
      List<String> said = job(job);
      if (!said.equals(same) && same != null) {
        told.addAll(line(names(names), same));
        names.clear();
      }
      same = said;
      names.add(job.name().matches("[^\\s\"]+") ? job.name() : quoted(job.name()));
    }
    if (same != null) {
      told.addAll(line(names(names), same));
    }
    for (Group group : workflow.groups()) {
      List<String> parts = parts(group, PLAIN_GROUP, "name parameters instances warnings columns");
      if (!group.instances().equals(instances(workflow, group))) {
        parts.add("instances: " + show(group.instances()));
      }
      told.addAll(line(group.name() + "(" + String.join(", ", group.parameters()) + ")", parts));
      group.sources().warnings().forEach(each -> told.add("warning: " + each));
    }
    workflow.warnings().forEach(each -> told.add("warning: " + each));
    return told;
  }

  /** Returns everything that a workflow has, without empty parts. */
  static List<String> all(Workflow workflow) {
    List<String> all = line("the file", parts(workflow, null, "jobs"));
    workflow.jobs().forEach(job -> all.addAll(line(job.name(), parts(job, null, "name"))));
    return all;
  }

  /** The place of each thing that has one, with the thing's first text. */
  static List<String> places(Workflow workflow) {
    List<String> places = new ArrayList<>();
    places(workflow, places);
    return places;
  }

  private static List<String> instances(Workflow workflow, Group group) {
    return workflow.jobs().stream()
        .filter(job -> group.name().equals(job.group()))
        .map(Job::name)
        .toList();
  }

  private static String names(List<String> names) {
    int more = names.size() - 4;
    return more < 6
        ? String.join(" ", names)
        : "%s … %d more … %s"
            .formatted(String.join(" ", names.subList(0, 3)), more, names.getLast());
  }

  /** Lines of at most {@link #WIDTH} characters, unless a part is longer. */
  private static List<String> line(String head, List<String> parts) {
    List<String> lines = new ArrayList<>();
    String line = head + (parts.isEmpty() ? "" : ": ");
    for (String part : parts) {
      if (line.length() + part.length() > WIDTH && !line.endsWith(": ")) {
        lines.add(line.replaceFirst(" · $", ""));
        line = "  ";
      }
      line += part + " · ";
    }
    lines.add(line.replaceFirst(" · $", ""));
    return lines;
  }

  /**
   * Returns everything that is special about a job, without its name. Every parameter in its name
   * is also in the environment if it can be a variable, so only a missing one is shown.
   */
  private static List<String> job(Job job) {
    Job plain = PLAIN.jobs().getFirst();
    Step plainStep = plain.runs().steps().getFirst();
    List<String> parts = new ArrayList<>();
    for (Step step : job.runs().steps()) {
      Map<String, Optional<Template>> env = new TreeMap<>(step.env());
      job.namedBy()
          .forEach(
              (name, value) -> {
                boolean there = env.remove(name, Optional.of(Template.of(value)));
                if (there != Placeholder.isIdentifier(name)) {
                  env.put(name + " (lost)", Optional.of(Template.of(value)));
                }
              });
      Step told =
          new Step(step.command(), step.dir(), new TreeMap<>(env), step.shell(), step.image());
      List<String> said = new ArrayList<>();
      said.add(
          step.command() instanceof Step.Command.Shell shell
              ? shell.text().declared().replace('\n', '⏎')
              : show(step.command()));
      said.addAll(parts(told, plainStep, "command"));
      if (job.runs().steps().size() == 1) {
        parts.addAll(said);
      } else {
        parts.add("task: {" + String.join(", ", said) + "}");
      }
    }
    boolean named =
        job.group() != null
            && new InstanceName(job.group(), job.namedBy()).toString().equals(job.name());
    Map<String, String> others = new TreeMap<>(job.parameters());
    others.keySet().removeAll(job.namedBy().keySet());
    if (!others.isEmpty()) {
      parts.add("also: " + show(others));
    }
    parts.addAll(parts(job, plain, "name steps" + (named ? " group parameters" : "")));
    return parts;
  }

  /**
   * Returns the components of a record that are not empty or differ from those of a plain record.
   */
  private static List<String> parts(Record value, Record plain, String without) {
    List<String> parts = new ArrayList<>();
    for (RecordComponent each : value.getClass().getRecordComponents()) {
      Object is = get(each, value);
      Object usual = plain == null ? null : get(each, plain);
      boolean told =
          !(is instanceof Place)
              && !List.of(without.split(" ")).contains(each.getName())
              && (plain == null ? !isEmpty(is) : !show(is).equals(show(usual)));
      if (told && is instanceof Set<?> all && each.getName().equals("traits")) {
        all.forEach(trait -> parts.add(trait.toString().toLowerCase(Locale.ROOT) + ": true"));
      } else if (told
          && (is instanceof Workflow.Settings
              || is instanceof Group.Further
              || is instanceof Group.Sources
              || is instanceof Workflow.Apart
              || List.of("runs", "links", "labels").contains(each.getName()))) {
        parts.addAll(parts((Record) is, (Record) usual, without));
      } else if (told) {
        boolean nested =
            is instanceof Record && usual instanceof Record && !(is instanceof Template);
        parts.add(
            each.getName()
                + ": "
                + (nested
                    ? "{" + String.join(", ", parts((Record) is, (Record) usual, "")) + "}"
                    : show(is)));
      }
    }
    return parts;
  }

  private static Object get(RecordComponent component, Record of) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isEmpty(Object value) {
    return value == null
        || value.equals(false)
        || value.equals("")
        || value instanceof Collection<?> all && all.isEmpty()
        || value instanceof Map<?, ?> map && map.isEmpty();
  }

  private static String show(Object value) {
    return switch (value) {
      case null -> "none";
      case Template template -> quoted(template.declared());
      case Step.Command.Shell shell -> show(shell.text());
      case Step.Command.Words words -> show(words.words());
      case Job.Item item ->
          item.name() == null
              ? item.refs().stream().map(WorkflowText::show).collect(Collectors.joining(" + "))
              : item.name()
                  + ": "
                  + show(item.refs().size() == 1 ? item.refs().getFirst() : item.refs());
      case Ref.OfFile file when file.optional() -> "{" + file.path() + " (optional)}";
      case Ref.OfFile file -> quoted(Glob.escape(file.path()));
      case Ref.OfJob job -> "{" + job.text() + "}";
      case Ref.OfData data -> "{" + data.text() + "}";
      case Ref ref -> ref.text();
      case BadInput.Diagnostic problem -> problem.toString();
      case Optional<?> some -> some.isEmpty() ? "(the caller's)" : show(some.get());
      case Set<?> all -> all.stream().map(WorkflowText::show).sorted().toList().toString();
      case Collection<?> all -> all.stream().map(WorkflowText::show).toList().toString();
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(each -> each.getKey() + ": " + show(each.getValue()))
              .sorted()
              .collect(Collectors.joining(", ", "{", "}"));
      case Record record -> "{" + String.join(", ", parts(record, null, "")) + "}";
      case String text -> quoted(text.replace(Group.Growing.HOLE, '#'));
      default -> value.toString();
    };
  }

  private static String quoted(String text) {
    return text.matches(ODD)
        ? "\"" + text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + "\""
        : text;
  }

  private static void places(Object value, List<String> places) {
    switch (value) {
      case null -> {}
      case Optional<?> some -> some.ifPresent(each -> places(each, places));
      case Collection<?> all -> all.forEach(each -> places(each, places));
      case Map<?, ?> map -> places(map.values(), places);
      case Record record -> {
        RecordComponent[] components = record.getClass().getRecordComponents();
        List<Object> values = Stream.of(components).map(each -> get(each, record)).toList();
        values.stream()
            .filter(each -> each instanceof Place place && place != Place.NONE)
            .forEach(
                place ->
                    places.add(
                        "%s %s %s"
                            .formatted(
                                place,
                                record.getClass().getSimpleName(),
                                values.stream()
                                    .filter(String.class::isInstance)
                                    .findFirst()
                                    .orElse(""))
                            .stripTrailing()));
        values.forEach(each -> places(each, places));
      }
      default -> {}
    }
  }
}
