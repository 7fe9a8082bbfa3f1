package dev.torc.features.packages;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Workflow.MadeFile;
import dev.torc.features.reading.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The build files of a project that jobs make. One that is missing or in error is not read: its
 * maker may still mend it. Until then, the jobs that it had in the last graph stand for it, so that
 * their products are neither stale nor leftovers. It does not know whether a maker is up to date.
 */
public final class MadeFiles {

  private final Graph last;
  private final SortedMap<String, Place> all = new TreeMap<>(); // by path from the root
  private final SortedMap<String, List<Diagnostic>> unread = new TreeMap<>(); // with the errors

  /**
   * @param last the graph of the last accepted build files; null if it is unknown
   */
  public MadeFiles(Graph last) {
    this.last = last;
  }

  /**
   * Adds a file, by its path from the root; returns whether it is to be read.
   *
   * @param place that of the item that names it
   */
  public boolean add(String path, Path file, Place place) {
    all.put(path, place);
    if (!Files.exists(file)) {
      unread.putIfAbsent(path, List.of());
    }
    return !unread.containsKey(path);
  }

  /** Notes the files that an error is in; returns whether any was to be read until now. */
  public boolean refuse(BadInput bad) {
    boolean any = false;
    for (String path : all.keySet()) {
      List<Diagnostic> of =
          bad.diagnostics().stream().filter(each -> each.place().file().equals(path)).toList();
      any |= !of.isEmpty() && unread.putIfAbsent(path, of) == null;
    }
    return any;
  }

  /** Returns the errors in files that are not read. */
  public List<Diagnostic> problems() {
    return unread.values().stream().flatMap(List::stream).toList();
  }

  /** Returns the files, each with whether it is read. */
  public List<MadeFile> files() {
    List<MadeFile> files = new ArrayList<>(all.size());
    all.forEach((path, place) -> files.add(new MadeFile(place, path, !unread.containsKey(path))));
    return files;
  }

  /** Returns the jobs that stand for the files that are not read. */
  public List<Job> jobs() {
    List<Job> jobs = new ArrayList<>();
    for (int j = 0; last != null && !unread.isEmpty() && j < last.jobs(); j++) {
      if (unread.containsKey(last.job(j).place().file())) {
        jobs.add(last.job(j));
      }
    }
    return jobs;
  }

  /** Returns whether it is unknown which jobs the files that are not read had last. */
  public boolean areForgotten() {
    return last == null && !unread.isEmpty();
  }

  /** Returns whether a job of {@link #jobs} is manual. */
  public boolean isManual(Job job) {
    return last.workflow().manual().contains(job.name());
  }

  /** Tells the names of {@link #jobs} in a package to the other build files of the project. */
  public void tell(Home home) {
    for (Job job : jobs()) {
      if (job.name().startsWith(home.prefix())) {
        home.tell(job.group() == null ? job.name() : job.group(), isManual(job));
      }
    }
  }
}
