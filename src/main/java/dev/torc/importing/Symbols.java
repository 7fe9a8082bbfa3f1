package dev.torc.importing;

import dev.torc.importing.Target.Member;
import dev.torc.importing.Text.Reference;
import java.util.ArrayList;
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

  private final Map<Target, List<Target>> storers = new HashMap<>();

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
      Links made = files(job, "output");
      for (int row = 0; row < job.rows.size(); row++) {
        Member maker = new Member(job, row);
        made.at(row).forEach(file -> makers.putIfAbsent(file, Set.of(maker)));
        products.put(maker, made.at(row));
      }
      for (Target value : data(job, "output").parts().keySet()) {
        storers.computeIfAbsent(value, _ -> new ArrayList<>()).add(job);
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

  /** All files that a job names. */
  Links files(Target job, String side) {
    List<PlacedText> names = references(job, "files." + side);
    names.addAll(job.map.texts(side + "_files", side + "_file_regexes"));
    return files.resolve(job, names);
  }

  /** All user data that a job names. */
  Links data(Target job, String side) {
    List<PlacedText> names = references(job, "user_data." + side);
    names.addAll(job.map.texts(side + "_user_data", side + "_user_data_regexes"));
    return data.resolve(job, names);
  }

  /** The names of files or user data that the command of a job refers to, each once. */
  static List<PlacedText> references(Target job, String kind) {
    List<PlacedText> found = new ArrayList<>();
    for (Text.Piece piece : Text.of(job.command.text(), job.sweep.parameters()).pieces()) {
      if (piece instanceof Reference(String of, String name) && of.equals(kind)) {
        found.add(new PlacedText(job.command.place(), name, false));
      }
    }
    return new ArrayList<>(new LinkedHashSet<>(found));
  }

  /** The jobs that store a piece of user data. */
  List<Target> storers(Target value) {
    return storers.getOrDefault(value, List.of());
  }

  /** Whether a job stores what is forgotten between runs, so that it always runs. */
  boolean storesFleeting(Target job) {
    return storers.entrySet().stream()
        .anyMatch(e -> e.getValue().contains(job) && e.getKey().map.flag("is_ephemeral", false));
  }
}
