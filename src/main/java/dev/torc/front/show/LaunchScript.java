package dev.torc.front.show;

import dev.torc.base.posix.FileTree;
import dev.torc.base.syntax.Quoting;
import dev.torc.base.syntax.ShellText.Quote;
import dev.torc.core.here.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * A script of sh that starts the processes of a launch in the same folder, variables and files. The
 * values of secrets are not in it: its caller sets them.
 */
public final class LaunchScript {

  private final StringBuilder lines = new StringBuilder("#!/bin/sh\n");

  private LaunchScript() {}

  /**
   * Returns the script.
   *
   * @param about a line that says what it does
   * @param files the folder of the files that torc made for the processes; the script makes it
   *     again, and removes it at its end
   */
  public static String of(Launch launch, String about, Path files) throws IOException {
    LaunchScript script = new LaunchScript();
    script.lines.append("# ").append(about).append('\n');
    String above = quoted(files.getParent().toString());
    String removal = "rm -rf %s; rmdir %s 2>&-".formatted(quoted(files.toString()), above);
    script.line("trap " + quoted(removal) + " EXIT");
    script.make(files);
    boolean many = launch.steps().size() > 1;
    for (Launch.Step step : launch.steps()) {
      script.lines.append(many ? "(\n" : "");
      script.step(step, launch);
      script.lines.append(many ? ") || exit\n" : "");
    }
    return script.lines.toString();
  }

  /** Makes a folder and what is in it. */
  private void make(Path folder) throws IOException {
    line("mkdir -p " + quoted(folder.toString()) + " || exit");
    for (Path each : FileTree.entries(folder)) {
      if (Files.isDirectory(each)) {
        make(each);
      } else {
        line("printf %s " + quoted(Files.readString(each)) + " > " + quoted(each.toString()));
      }
    }
  }

  private void step(Launch.Step step, Launch launch) throws IOException {
    Launch.Container.Client client =
        step.container() == null ? null : step.container().client(step, launch);
    Map<String, String> env = new TreeMap<>(client == null ? step.env() : client.variables());
    env.putAll(launch.mark());
    env.keySet().removeAll(step.secrets().keySet());
    line("cd " + quoted(step.dir().toString()) + " || exit");
    env.forEach(
        (name, value) -> {
          if (name.matches("[A-Za-z_][A-Za-z_0-9]*")) {
            line(value == null ? "unset " + name : "export " + name + "=" + quoted(value));
          }
        });
    step.secrets().keySet().forEach(name -> line("export %s=\"${%1$s:?}\"".formatted(name)));
    StringBuilder command = new StringBuilder();
    for (String word : client == null ? step.argv() : client.command()) {
      command.append(command.isEmpty() ? "" : " ");
      command.append(Quoting.isPlainArgument(word) ? word : quoted(word));
    }
    line(command.toString());
  }

  private void line(String line) {
    lines.append(line).append('\n');
  }

  private static String quoted(String text) {
    return Quoting.quote(text, Quote.BARE);
  }
}
