package dev.torc.importing;

import dev.torc.importing.Imported.Notes;
import dev.torc.importing.Target.Member;
import dev.torc.importing.Text.PlacedText;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.NearestName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The names of a workflow: its jobs, files and user data, their names in the build file, and which
 * job makes which file. {@link NameIndex} looks names up; {@link JobTranslation} decides what a job
 * depends on.
 */
final class Symbols {

  final NameIndex jobs;
  final NameIndex files;
  final NameIndex data;

  /** The names of jobs, groups and user data in the build file. */
  final Map<Target, String> names = new LinkedHashMap<>();

  /** The instance that makes each file. */
  final Map<Member, Member> makers = new HashMap<>();

  /** The files that each instance makes. */
  final Map<Member, Set<Member>> products = new HashMap<>();

  private final Map<Target, Set<Target>> storers = new HashMap<>();

  Symbols(List<Target> jobs, List<Target> files, List<Target> data, Notes notes) {
    this.jobs = new NameIndex("job", jobs, notes);
    this.files = new NameIndex("file", files, notes);
    this.data = new NameIndex("user data", data, notes);
    Set<String> taken = new HashSet<>();
    jobs.stream().filter(job -> !job.isGroup()).forEach(job -> taken.add(job.name.text()));
    for (Target job : jobs) {
      names.put(job, job.isGroup() ? unique(label(job.name.text()), "-", taken) : job.name.text());
    }
    Set<String> keys = new HashSet<>();
    for (Target value : data) {
      names.put(value, unique(value.name.text().replaceAll("[^A-Za-z0-9_-]|^$", "_"), "_", keys));
    }
    for (Target job : jobs) {
      for (Member each : job.members()) {
        Set<Member> made = files(each, "output");
        made.forEach(file -> makers.putIfAbsent(file, each));
        products.put(each, made);
        data(each, "output")
            .forEach(value -> storers.computeIfAbsent(value, _ -> new LinkedHashSet<>()).add(job));
      }
    }
  }

  /**
   * Returns a name without the parts that have placeholders: {@code train} of {@code
   * train_lr{lr:.4f}_bs{batch}}. If nothing else remains, it drops only the placeholders.
   */
  static String label(String name) {
    String label = trimmed(name.replaceAll("[^-_.{}]*\\{[^{}]*}[^-_.{}]*", ""));
    label = label.isEmpty() ? trimmed(name.replaceAll("\\$?\\{[^{}]*}", "")) : label;
    return label.isEmpty() ? "job" : label;
  }

  private static String trimmed(String text) {
    return text.replaceAll("([-_.\\s])[-_.\\s]+", "$1").replaceAll("^[-_.\\s]+|[-_.\\s]+$", "");
  }

  /** Returns the name, with a number behind it if it is taken, and takes the result. */
  static String unique(String name, String joint, Set<String> taken) {
    String free = name;
    for (int i = 2; !taken.add(free); i++) {
      free = name + joint + i;
    }
    return free;
  }

  Set<Member> files(Member from, String side) {
    return files.resolve(from, names(from.of(), "files", side, "_file"));
  }

  Set<Target> data(Member from, String side) {
    List<PlacedText> names = names(from.of(), "user_data", side, "_user_data");
    return new LinkedHashSet<>(data.resolve(from, names).stream().map(Member::of).toList());
  }

  private static List<PlacedText> names(Target job, String kind, String side, String key) {
    List<PlacedText> names = job.references(kind + "." + side);
    names.addAll(job.map.texts(side + key + "s", side + key, side + key + "_regexes"));
    return names;
  }

  Set<Target> storers(Target value) {
    return storers.getOrDefault(value, Set.of());
  }

  /**
   * Returns whether a job stores values that are forgotten between runs, so that it always runs.
   */
  boolean storesFleeting(Target job) {
    return storers.entrySet().stream()
        .anyMatch(e -> e.getValue().contains(job) && e.getKey().map.flag("is_ephemeral", false));
  }

  /**
   * Finds jobs, files or user data by their expanded names, or by a regular expression over these,
   * as NREL's torc does.
   */
  static final class NameIndex {

    /** How many members all references may find; ten compared names count as one found. */
    private static final long MAX = 10_000_000;

    private final String what;
    private final Notes notes;
    private final Map<String, Set<Member>> byName = new LinkedHashMap<>();
    private final Map<Map<PlacedText, PlacedText>, Map<Target, Set<Member>>> found =
        new HashMap<>();

    /** The texts that were refused: each is refused only for the first instance. */
    private final Set<PlacedText> refused = new HashSet<>();

    private long cost;

    /** Registers the targets; {@code what} is their kind in messages, such as {@code job}. */
    NameIndex(String what, List<Target> targets, Notes notes) {
      this.what = what;
      this.notes = notes;
      for (Target target : targets) {
        for (Map<String, String> row : target.sweep.rows()) {
          String name = target.name.put(row).text();
          Set<Member> named = byName.computeIfAbsent(name, _ -> new LinkedHashSet<>());
          named.add(target.member(row));
          PlacedText first = named.iterator().next().of().name;
          if (first != target.name) {
            refuse(target.name, "a second %s %s, first at %s".formatted(what, name, first.place()));
          }
        }
      }
    }

    private void refuse(PlacedText name, String reason) {
      if (refused.add(name)) {
        notes.wrong().add(name.place(), reason);
      }
    }

    Target get(String name) {
      return byName.containsKey(name) ? byName.get(name).iterator().next().of() : null;
    }

    /** Returns what these texts of an instance refer to; refuses a text that refers to nothing. */
    Set<Member> resolve(Member from, List<PlacedText> names) {
      Set<Member> all = new LinkedHashSet<>();
      resolveByTarget(from, names).values().forEach(all::addAll);
      return all;
    }

    /**
     * Returns what these texts refer to, by target; for all of a target, it is the target's own
     * set.
     */
    Map<Target, Set<Member>> resolveByTarget(Member from, List<PlacedText> names) {
      Map<PlacedText, PlacedText> expanded = new LinkedHashMap<>();
      for (PlacedText name : names) {
        from.of().rows.get(from).forEach(row -> expanded.put(name.put(row), name));
      }
      return found.computeIfAbsent(expanded, this::find);
    }

    private Map<Target, Set<Member>> find(Map<PlacedText, PlacedText> names) {
      Map<Target, Set<Member>> all = new LinkedHashMap<>();
      names.forEach(
          (expanded, name) -> {
            String text = expanded.text();
            Set<Member> members =
                name.regex() ? matching(text, name) : byName.getOrDefault(text, Set.of());
            if (members.isEmpty()) {
              String hint = NearestName.hint(text, byName.keySet());
              refuse(
                  name,
                  "no "
                      + what
                      + (name.regex() ? " has a name that matches " + text : " " + text + hint));
            }
            cost += members.size();
            if (cost > MAX) {
              throw new BadInput(name.place(), "refers to too much to be followed: " + name.text());
            }
            members.forEach(
                each -> all.computeIfAbsent(each.of(), _ -> new LinkedHashSet<>()).add(each));
          });
      all.replaceAll((target, some) -> some.equals(target.members()) ? target.members() : some);
      return all;
    }

    private Set<Member> matching(String regex, PlacedText name) {
      Set<Member> found = new LinkedHashSet<>();
      cost += byName.size() / 10;
      try {
        Pattern pattern = Pattern.compile(regex);
        byName.forEach((each, all) -> found.addAll(pattern.matcher(each).find() ? all : Set.of()));
      } catch (PatternSyntaxException e) {
        refuse(name, "no regular expression: " + regex + ": " + e.getDescription());
      }
      return found;
    }
  }
}
