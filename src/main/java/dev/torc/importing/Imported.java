package dev.torc.importing;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.BadInput.Diagnostic;
import dev.torc.syntax.Place;
import dev.torc.syntax.Problems;
import dev.torc.syntax.SourceFile;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedMap;
import java.util.Set;

/**
 * A build file made from a workflow file of NREL torc. It writes nothing to the disk and does not
 * know whether this torc accepts the text.
 *
 * @param text the text of the build file
 * @param notes what could not be carried over, or was changed, by place in the workflow file
 * @param places by line of the text, the place in the workflow file that it comes from
 */
public record Imported(String text, List<Diagnostic> notes, NavigableMap<Integer, Place> places) {

  /** How many notes the build file holds as comments. */
  private static final int MAX_COMMENTS = 50;

  /** The keys before which a line is left empty. */
  private static final Set<String> SECTIONS =
      Set.of("shell", "roots", "resources", "data", "hooks", "jobs");

  private static final String SHELL =
      "# As NREL's torc runs commands; with [bash, -e, -o, pipefail, -c] any failure counts.\n";

  /**
   * Reads a workflow file: YAML, JSON or JSON5, by the ending of its name.
   *
   * @param shown the file's name in messages
   * @param root the folder of the build file to be, absolute
   * @throws BadInput with all reasons why it is no workflow, or cannot become a build file
   * @throws IOException if it is there but cannot be read
   */
  public static Imported of(Path file, String shown, Path root) throws IOException {
    if (shown.endsWith(".kdl")) {
      throw new BadInput(
          new Place(shown, 0, 0), "KDL is not read; write the workflow as YAML, JSON or JSON5");
    }
    byte[] source = SourceFile.bytes(file, shown);
    Notes notes = new Notes(new Problems(), new Problems());
    SequencedMap<String, Object> top =
        Translation.of(SourceFile.parse(source, shown), notes, root.normalize());
    notes.wrong().throwIfAny();
    BuildFileText out = new BuildFileText();
    out.lines("# Made by torc import from " + SafeText.name(file.getFileName().toString()) + ".\n");
    List<Diagnostic> said = notes.said().sorted();
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

  /**
   * Returns where in the workflow file a line of the text comes from; {@link Place#NONE} if
   * nowhere.
   */
  public Place placeOf(int line) {
    Map.Entry<Integer, Place> place = places.floorEntry(line);
    return place == null ? Place.NONE : place.getValue();
  }

  /**
   * What an import cannot carry over, and what is wrong with the workflow file, so that one run
   * tells all of it, each once.
   *
   * @param said what is not carried over, or is changed
   * @param wrong what makes the import impossible
   */
  record Notes(Problems said, Problems wrong) {}
}
