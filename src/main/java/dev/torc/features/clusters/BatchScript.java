package dev.torc.features.clusters;

import dev.torc.base.text.SafeText;
import dev.torc.core.here.Launch;
import dev.torc.core.here.Runner;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes the sh script that runs batches of jobs on a node. The script has settings, then the
 * functions of {@code batch.sh}, which explains how they work, and its parts, then the data of each
 * job. This class submits nothing; {@link BatchFolder} reads what the script writes about its jobs.
 *
 * @param folder where the script writes; absolute, on a file system that all nodes share
 * @param before sh text that runs in each job's shell before the job; if it fails, so does the job
 * @param limit the time limit of a batch in seconds from the script's start, without grace; 0 for
 *     none
 * @param index the variable with the number of a batch, from 0, if the script has several
 */
record BatchScript(Path folder, String before, long limit, String index) {

  private static final long SECOND = 1_000_000_000;
  private static final long GRACE = Runner.GRACE.toNanos();
  private static final String FUNCTIONS = functions();

  private static final String HEAD =
      """
      #!/bin/sh
      # Jobs of torc, each batch one after the other; made by torc, which reads what it leaves in
      # torc_folder. To see where a job is, look there; to end it, cancel it at the scheduler.
      """;

  private static String functions() {
    StringBuilder text = new StringBuilder();
    for (String part : List.of("batch", "batch-processes", "batch-products", "batch-jobs")) {
      try (InputStream in = BatchScript.class.getResourceAsStream(part + ".sh")) {
        text.append(new String(in.readAllBytes(), StandardCharsets.UTF_8)).append('\n');
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return text.toString();
  }

  /**
   * Returns the script for batches, each a list of jobs that run one after the other. Throws {@link
   * IllegalArgumentException} for a NUL, which cannot be passed to a process.
   */
  byte[] of(List<List<BatchAttempt>> batches) {
    Map<String, String> common = common(batches);
    StringBuilder text = new StringBuilder(HEAD);
    text.append("torc_folder=").append(quoted(folder.toString()));
    text.append("\ntorc_limit=").append(limit).append(" # seconds for a batch, 0: no limit");
    text.append("\ntorc_before=").append(quoted(before));
    text.append("\ntorc_element=");
    text.append(batches.size() == 1 ? "0" : "${" + index + "-}").append("\n\n").append(FUNCTIONS);
    text.append(
        """
        # What all processes have in their environment.
        torc_with() {
          ${torc_setsid:+"$torc_setsid"} "$torc_env" ${torc_signals:+"$torc_signals"}\
        """);
    environment(text, common, " \\\n    ");
    text.append(" \\\n    \"$@\"\n}\n");
    for (int i = 0; i < batches.size(); i++) {
      text.append("\nif [ \"$torc_element\" = ").append(i).append(" ]; then\ntorc_open\n");
      Map<Path, String> ways = null; // mostly those of the job before
      for (BatchAttempt job : batches.get(i)) {
        if (!job.attempt.folders().ways().equals(ways)) {
          ways = job.attempt.folders().ways();
          ways(text, ways);
        }
        append(text, job, common);
      }
      text.append("torc_close\nfi\n");
    }
    text.append("\necho \"torc: there is no batch '$torc_element' in this script\" >&2\nexit 1\n");
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void append(StringBuilder text, BatchAttempt job, Map<String, String> common) {
    text.append("torc_steps() {\n");
    String and = "";
    Launch launch = job.attempt.launch();
    for (Launch.Step step : launch.steps()) {
      text.append(and);
      append(text, step, common);
      and = " &&\n";
    }
    long time = Math.ceilDiv(launch.timeLimit(), SECOND);
    long memory = Math.ceilDiv(launch.memoryLimit(), 1024L);
    String removal =
        launch.steps().stream()
            .filter(step -> step.container() != null)
            .map(step -> step.container().removal())
            .collect(Collectors.joining());
    text.append("\n}\ntorc_sweep=").append(quoted(removal));
    text.append("\ntorc_signal=").append(launch.stop().name());
    text.append(" torc_grace=").append(Math.ceilDiv(launch.stop().grace(GRACE), SECOND));
    text.append(" torc_build=").append(launch.mark().getOrDefault("TORC_BUILD", ""));
    text.append(" torc_seen=").append(job.attempt.own() == null ? "torc_made" : "torc_own");
    if (job.attempt.own() != null) {
      products(text.append("\ntorc_own() {\n  torc_made"), job.attempt.own().products());
      patterns(text, job.attempt.patterns());
      text.append("\n}");
    }
    text.append("\ntorc_job ").append(job.claim()).append(' ').append(time);
    text.append(' ').append(time > 0 ? time : job.attempt.expected()).append(' ').append(memory);
    text.append(launch.output().append() ? " append " : " new ")
        .append(quoted(launch.output().log().toString()));
    products(text, job.attempt.products());
    patterns(text, job.attempt.patterns());
    text.append('\n');
  }

  private static void ways(StringBuilder text, Map<Path, String> ways) {
    text.append("torc_ways() {\n  torc_way");
    ways.forEach(
        (path, link) ->
            text.append(' ').append(quoted(path.toString())).append(' ').append(quoted(link)));
    text.append("\n}\n");
  }

  private static void products(StringBuilder text, List<RemoteAttempt.Product> products) {
    for (RemoteAttempt.Product product : products) {
      if (product.clearing() != RemoteAttempt.Clearing.AHEAD) {
        text.append(' ')
            .append(product.clearing())
            .append(product.folder() ? " folder " : " file ");
        text.append(quoted(product.path().toString()));
      }
    }
  }

  private static void patterns(StringBuilder text, List<RemoteAttempt.ProductPattern> patterns) {
    for (RemoteAttempt.ProductPattern pattern : patterns) {
      text.append(" pattern ").append(quoted(pattern.folder().toString()));
      text.append(' ').append(quoted(pattern.beyond() + ' ' + pattern.like()));
    }
  }

  private static void append(StringBuilder text, Launch.Step step, Map<String, String> common) {
    Map<String, String> env = environment(step);
    String program = step.argv().getFirst();
    String path = env.get("PATH");
    text.append("torc_step ").append(quoted(step.dir().toString()));
    text.append(' ').append(quoted(program)).append(' ');
    text.append(path == null ? "\"$PATH\"" : quoted(path));
    env.keySet().removeAll(common.keySet());
    if (env.containsValue(null)) {
      text.append(" env"); // a second env: options must precede variables
    }
    environment(text, env, " ");
    if (program.indexOf('=') >= 0) {
      text.append(" sh -c 'exec \"$@\"' sh"); // env would read the program as a variable
    }
    for (String word : step.argv()) {
      text.append(' ').append(quoted(word));
    }
  }

  /** Appends words for {@code env}: first the variables to remove, then those to set. */
  private static void environment(StringBuilder text, Map<String, String> env, String before) {
    env.forEach((name, value) -> text.append(value == null ? before + "-u " + quoted(name) : ""));
    env.forEach(
        (name, value) -> text.append(value == null ? "" : before + quoted(name + "=" + value)));
  }

  /** Returns the variables of a step; null removes one. Sets PWD to its folder; removes OLDPWD. */
  private static Map<String, String> environment(Launch.Step step) {
    Map<String, String> env = new TreeMap<>(step.env());
    env.putIfAbsent("PWD", step.dir().toString());
    env.putIfAbsent("OLDPWD", null);
    return env;
  }

  /** Returns the variables that all steps of all jobs share, which the script sets only once. */
  private static Map<String, String> common(List<List<BatchAttempt>> batches) {
    List<Launch.Step> steps =
        batches.stream()
            .flatMap(List::stream)
            .flatMap(job -> job.attempt.launch().steps().stream())
            .toList();
    Map<String, String> common = environment(steps.getFirst());
    steps.forEach(step -> common.entrySet().retainAll(environment(step).entrySet()));
    return common;
  }

  private static String quoted(String word) {
    if (word.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a NUL in " + word.replace('\0', '?'));
    }
    return SafeText.quoted(word);
  }
}
