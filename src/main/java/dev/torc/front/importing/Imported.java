package dev.torc.front.importing;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.SourceFile;
import dev.torc.base.text.SafeText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedMap;
import java.util.Set;

/**
 * A build file made from a workflow file of NREL torc. It writes nothing to the disk and does not
 * check whether this torc accepts the text.
 *
 * @param notes what was not carried over, or was changed, by place in the workflow file
 * @param places by line of the text, the place in the workflow file that it comes from
 */
public record Imported(String text, List<Diagnostic> notes, NavigableMap<Integer, Place> places) {

  /** The maximum number of notes that the build file has as comments. */
  private static final int MAX_COMMENTS = 50;

  private static final Set<String> SECTIONS =
      Set.of("shell", "roots", "resources", "data", "hooks", "jobs");

  private static final String SHELL =
      "# As NREL's torc runs commands; with [bash, -e, -o, pipefail, -c] any failure counts.\n";

  /**
   * Reads a workflow file: YAML, JSON or JSON5, by its extension.
   *
   * @param shown the file's name in messages
   * @param root the folder of the new build file, absolute
   * @throws BadInput with all reasons why it is not a workflow, or cannot become a build file
   * @throws IOException if it exists but cannot be read
   */
  public static Imported of(Path file, String shown, Path root) throws IOException {
    if (shown.endsWith(".kdl")) {
      throw new BadInput(
          new Place(shown, 0, 0), "KDL is not read; write the workflow as YAML, JSON or JSON5");
    }
    refuseOther(file.getFileName().toString(), shown);
    byte[] source = SourceFile.bytes(file, shown);
    Notes notes = new Notes(new Problems(), new Problems());
    SequencedMap<String, Object> top =
        Translation.of(SourceFile.parse(source, shown), notes, root.normalize());
    notes.wrong().throwIfAny();
    BuildFileText out = new BuildFileText();
    out.lines("# Made by torc import from " + SafeText.name(file.getFileName().toString()) + ".\n");
    List<Diagnostic> said = notes.changes().sorted();
    out.lines(said.isEmpty() ? "" : "# What could not be carried over, or not as it was:\n");
    for (Diagnostic note : said.subList(0, Math.min(MAX_COMMENTS, said.size()))) {
      out.lines("#   line " + note.place().line() + ": " + SafeText.line(note.message()) + "\n");
    }
    int more = said.size() - MAX_COMMENTS;
    out.lines(more > 0 ? "#   and " + more + " more\n" : "");
    top.forEach(
        (key, value) -> {
          out.lines(SECTIONS.contains(key) ? "\n" : "");
          out.lines(key.equals("shell") ? SHELL : "");
          out.entry(key, value);
        });
    return new Imported(out.text(), said, out.places());
  }

  /** Refuses the files of other tools, which are moved by hand. */
  private static void refuseOther(String name, String shown) {
    String task = "[Tt]askfile(\\.dist)?\\.ya?ml|\\.?[Jj]ustfile|.*\\.just";
    String tool =
        switch (name) {
          case String of when of.matches("dvc\\.(yaml|lock)") -> "DVC";
          case String of when of.matches("Snakefile.*|.*\\.smk") -> "Snakemake";
          case String of when of.matches(".*\\.nf|nextflow\\.config") -> "Nextflow";
          case String of when of.matches("(GNU)?[Mm]akefile|.*\\.mk") -> "make";
          case String of when of.matches(task) -> "Task";
          default -> null;
        };
    if (tool != null) {
      throw new BadInput(
          new Place(shown, 0, 0),
          "import reads workflow files of NREL torc (YAML, JSON or JSON5); for %s, see share/doc/from-%s.md in torc's folder"
              .formatted(tool, tool.toLowerCase(Locale.ROOT)));
    }
  }

  /** Returns the place in the workflow file of a line of the text, or {@link Place#NONE}. */
  public Place placeOf(int line) {
    Map.Entry<Integer, Place> place = places.floorEntry(line);
    return place == null ? Place.NONE : place.getValue();
  }

  /**
   * What is not carried over or is changed ({@code changes}), and what makes the import impossible
   * ({@code wrong}), so that one run reports all of it, each once.
   */
  record Notes(Problems changes, Problems wrong) {}
}
