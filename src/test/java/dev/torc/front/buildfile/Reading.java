package dev.torc.front.buildfile;

import dev.torc.StepFiles;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.SourceFile;
import dev.torc.core.model.Job;
import dev.torc.core.model.ResultSource;
import dev.torc.core.model.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads build files in the steps of a text file. Build files are those named {@code torc.…} and
 * those that begin with {@code --- -f FILE}; other files are placed beside them. A step that {@link
 * #say} does not list replaces the word {@code LINE} in all files, with {@code ⏎} as a line end;
 * then the build files are read.
 *
 * <p>A refusal is written after {@code !}, or after {@code !!} if the schema for editors refuses
 * the file as well. {@link WorkflowText} shows what was read.
 */
final class Reading implements StepFiles.Stage {

  private final Written files = new Written();
  private final Map<String, String> withLine = new TreeMap<>();
  private final Map<String, List<String>> ended = new HashMap<>();
  private final Set<String> recorded = new HashSet<>();
  private String on;
  private ParsedBuildFile read;
  private Workflow workflow;

  /** The results that are known at one time. */
  private record Results(Map<String, List<String>> ended, Set<String> recorded)
      implements ResultSource {

    @Override
    public Optional<List<String>> products(String job) {
      return Optional.ofNullable(ended.get(job));
    }

    @Override
    public boolean isRecorded(String path) {
      return recorded.contains(path);
    }
  }

  @Override
  public void put(String file, String text) {
    String name = file.replaceFirst("^-f ", "");
    String lines = text.substring(0, text.length() - 1);
    if (!name.equals(file) || name.matches("torc\\.\\w+")) {
      files.layer(name, lines);
    } else {
      files.file(name, lines);
    }
    withLine.remove(name);
    if (text.contains("LINE")) {
      withLine.put(name, lines);
    }
  }

  @Override
  public List<String> say(String step) throws Exception {
    List<String> words = List.of(step.split(" "));
    List<String> rest = words.subList(1, words.size());
    switch (words.getFirst()) {
      case "define" -> files.define(words.get(1), after(step));
      case "env" -> files.env(words.get(1), after(step));
      case "on" -> on = words.get(1);
      case "edit" -> files.file(words.get(1), after(step).translateEscapes());
      case "touch" -> rest.forEach(files::file);
      case "copy" -> copy(Path.of("testdata", words.get(1)));
      case "ended" -> ended.put(words.get(1), words.subList(2, words.size()));
      case "recorded" -> recorded.addAll(rest);
      case "read" -> {
        return read();
      }
      case "again" -> {
        return expand();
      }
      case "all" -> {
        return WorkflowText.all(workflow);
      }
      case "places" -> {
        return WorkflowText.places(workflow);
      }
      default -> {
        withLine.forEach(
            (file, text) -> files.file(file, text.replace("LINE", step.replace('⏎', '\n'))));
        return read();
      }
    }
    return List.of();
  }

  /** Copies a build file of the tests, or a file beside one. */
  private void copy(Path file) throws IOException {
    String name = file.getFileName().toString();
    put(name.replaceFirst(".*(?=\\.(yaml|json)$)", "torc"), Files.readString(file));
  }

  /** Returns the text after a step's second word. */
  private static String after(String step) {
    String[] parts = step.split(" ", 3);
    return parts.length < 3 ? "" : parts[2];
  }

  private List<String> read() throws IOException {
    workflow = null;
    boolean seen = isSeenByEditors();
    try {
      read = files.blueprint(on);
      List<String> told = expand();
      return seen ? List.of("the schema refuses what torc reads") : told;
    } catch (BadInput e) {
      return e.getMessage().lines().map(line -> (seen ? "!! " : "! ") + line).toList();
    }
  }

  /**
   * Returns whether the schema refuses one of the files; it cannot check a file that does not
   * parse.
   */
  private boolean isSeenByEditors() throws IOException {
    for (Path file : files.layers()) {
      String name = file.toString();
      try {
        if (!SchemaTest.accepts(SourceFile.parse(SourceFile.bytes(file, name), name))) {
          return true;
        }
      } catch (BadInput e) {
        return false;
      }
    }
    return false;
  }

  /**
   * Expands groups by the results known now, and shows each job that has changed since the last
   * time.
   */
  private List<String> expand() throws IOException {
    Workflow before = workflow;
    workflow = read.expand(new Results(Map.copyOf(ended), Set.copyOf(recorded)));
    List<String> told = new ArrayList<>(WorkflowText.special(workflow));
    if (before != null) {
      Map<String, Job> earlier = new HashMap<>();
      before.jobs().forEach(job -> earlier.put(job.name(), job));
      for (Job job : workflow.jobs()) {
        if (!job.equals(earlier.getOrDefault(job.name(), job))) {
          told.add("changed: " + job.name());
        }
      }
    }
    return told;
  }
}
