package dev.torc.front.importing;

import dev.torc.front.importing.Imported.Notes;
import dev.torc.front.importing.Target.Member;
import dev.torc.front.importing.Text.PlacedText;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

  /**
   * Returns the name, with a number appended if it is taken, and adds the result to {@code taken}.
   */
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
}
