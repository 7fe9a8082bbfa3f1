package dev.torc.importing;

import dev.torc.importing.Imported.Notes;
import dev.torc.importing.NameIndex.Found;
import dev.torc.importing.Target.Member;
import dev.torc.importing.Text.PlacedText;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything in the workflow that has a name: jobs, files and user data, what each is called in the
 * build file, and which job makes which file. What a job depends on is said by {@link
 * JobTranslation}.
 */
final class Symbols {

  final NameIndex jobs;
  final NameIndex files;
  final NameIndex data;

  /** What jobs, groups and user data are called. */
  final Map<Target, String> names = new LinkedHashMap<>();

  /** The instance that makes a file, by the file. */
  final Map<Member, Set<Member>> makers = new HashMap<>();

  /** The files that an instance of a job makes. */
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
        made.forEach(file -> makers.putIfAbsent(file, Set.of(each)));
        products.put(each, made);
        data(each, "output")
            .forEach(value -> storers.computeIfAbsent(value, _ -> new LinkedHashSet<>()).add(job));
      }
    }
  }

  /**
   * A name without its placeholders: {@code train} of {@code train_lr{lr:.4f}_bs{batch}}. Parts
   * with a placeholder are left out, the text around the placeholders where nothing else is left.
   */
  static String label(String name) {
    String label = trimmed(name.replaceAll("[^-_.{}]*\\{[^{}]*}[^-_.{}]*", ""));
    label = label.isEmpty() ? trimmed(name.replaceAll("\\$?\\{[^{}]*}", "")) : label;
    return label.isEmpty() ? "job" : label;
  }

  private static String trimmed(String text) {
    return text.replaceAll("([-_.\\s])[-_.\\s]+", "$1").replaceAll("^[-_.\\s]+|[-_.\\s]+$", "");
  }

  /** The name, or the name with a number behind it that is free; it is taken from then on. */
  static String unique(String name, String joint, Set<String> taken) {
    String free = name;
    for (int i = 2; !taken.add(free); i++) {
      free = name + joint + i;
    }
    return free;
  }

  /** All files that an instance names. */
  Set<Member> files(Member from, String side) {
    return Found.all(files.resolve(from, names(from.of(), "files", side, "_file")));
  }

  /** All user data that an instance names. */
  Set<Target> data(Member from, String side) {
    List<Found> found = data.resolve(from, names(from.of(), "user_data", side, "_user_data"));
    return new LinkedHashSet<>(found.stream().map(Found::to).toList());
  }

  private static List<PlacedText> names(Target job, String kind, String side, String key) {
    List<PlacedText> names = job.references(kind + "." + side);
    names.addAll(job.map.texts(side + key + "s", side + key, side + key + "_regexes"));
    return names;
  }

  /** The jobs that store a piece of user data. */
  Set<Target> storers(Target value) {
    return storers.getOrDefault(value, Set.of());
  }

  /** Whether a job stores what is forgotten between runs, so that it always runs. */
  boolean storesFleeting(Target job) {
    return storers.entrySet().stream()
        .anyMatch(e -> e.getValue().contains(job) && e.getKey().map.flag("is_ephemeral", false));
  }
}
