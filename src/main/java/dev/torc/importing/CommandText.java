package dev.torc.importing;

import dev.torc.importing.Spec.Job;
import dev.torc.workflow.Literal;
import dev.torc.workflow.Place;
import dev.torc.workflow.Template.Quote;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command of a job in the words of the build file. NREL's torc puts values into the text and
 * lets bash read it; this torc quotes them. Where that makes a difference the value is left to the
 * shell, or the difference is said.
 */
final class CommandText {

  /** A var that stands for an opening brace, where one before a placeholder would be read wrong. */
  static final String BRACE = "open_brace";

  private static final Pattern VARIABLE =
      Pattern.compile(
          "\\bTORC_(WORKFLOW_ID|JOB_ID|JOB_NAME|API_URL|OUTPUT_DIR|ATTEMPT_ID|RUN_ID|RETURN_CODE)\\b");

  private static final Pattern CALL =
      Pattern.compile(
          "(?m)(?:^|[;&|(`]|\\bthen|\\bdo)\\s*torc\\s+(?:-\\S+\\s+)*"
              + "(user-data|jobs|events|files|workflows|results|run|exec|compute-nodes|slurm)\\b");

  /** What bash would read in a value, beside blanks and wildcards. */
  private static final String ACTIVE = "\"'`$\\;|&<>()#!~{}\n";

  private final Catalog catalog;
  private final Notes notes;
  private final Unit unit;
  private final Job job;
  private final Needs needs;
  private boolean brace;

  CommandText(Catalog catalog, Notes notes, Unit unit, Needs needs) {
    this.catalog = catalog;
    this.notes = notes;
    this.unit = unit;
    this.job = catalog.job(unit);
    this.needs = needs;
  }

  /** Whether the text uses {@link #BRACE}. */
  boolean usesBrace() {
    return brace;
  }

  /** The script of the job and its command as one text. */
  String written() {
    Text command = job.command();
    String text = command.text();
    if (job.script() != null) {
      String script = job.script().text();
      // As NREL's torc has it: a script of one line is the program that runs the command.
      text =
          script.strip().indexOf('\n') < 0
              ? script.strip() + " " + text
              : script.stripTrailing() + "\n" + text;
    }
    foreign(text, command.place());
    return written(text, command.place());
  }

  /** A text without references that no shell reads. */
  static Parts plain(Catalog catalog, Unit unit, Text text) {
    Parts parts = new Parts();
    for (Piece piece : Piece.ofName(text.text(), unit.family.parameters())) {
      switch (piece) {
        case Piece.Plain plain -> parts.text(plain.text());
        case Piece.Hole hole -> catalog.hole(parts, unit, hole, text.place());
        case Piece.Reference _ -> throw new IllegalStateException("a reference within a name");
      }
    }
    return parts;
  }

  private String written(String text, Place place) {
    List<Piece> pieces =
        Piece.ofCommand(text, unit.family.parameters()).stream()
            .map(piece -> plain(piece, place))
            .toList();
    Parts draft = new Parts();
    for (Piece piece : pieces) {
      switch (piece) {
        case Piece.Plain plain -> draft.text(plain.text());
        case Piece.Hole hole -> catalog.hole(draft, unit, hole, place);
        case Piece.Reference reference -> draft.hole(needs.placeholder(reference));
      }
    }
    List<Quote> places = Literal.places(draft.list());
    Parts parts = new Parts();
    int hole = 0;
    for (Piece piece : pieces) {
      if (piece instanceof Piece.Plain plain) {
        parts.text(plain.text());
        continue;
      }
      String placeholder = draft.list().get(2 * hole + 1);
      Quote quote = hole < places.size() ? places.get(hole) : Quote.REFUSE;
      boolean word = isWord(draft.list(), 2 * hole + 1);
      hole++;
      if (piece instanceof Piece.Hole of && isForShell(of, quote, word, place)) {
        parts.text("${" + catalog.parameter(of.name()) + "}");
      } else {
        parts.hole(placeholder);
      }
    }
    String written = parts.written();
    return written != null ? written : braced(parts, place);
  }

  /** What is known of a piece as plain text; what the job itself stores is its bare name here. */
  private Piece plain(Piece piece, Place place) {
    if (piece instanceof Piece.Plain plain) {
      return new Piece.Plain(renamed(plain.text()));
    }
    if (piece instanceof Piece.Hole hole && unit.values.containsKey(hole.name())) {
      return new Piece.Plain(Family.format(hole.format(), unit.values.get(hole.name())));
    }
    if (!(piece instanceof Piece.Reference reference) || !reference.data() || reference.input()) {
      return piece;
    }
    String name = unit.put(reference.name());
    String key = catalog.dataKey(name);
    notes.say(
        place,
        "job %s refers to the user data %s, which it stores; here it writes %s=VALUE to $TORC_OUTPUT"
            .formatted(unit.name(), name, key));
    return new Piece.Plain(key == null ? name : key);
  }

  /** {@code ${name}} of a parameter: its value, or its name here. */
  private String renamed(String text) {
    for (String name : unit.family.parameters()) {
      String value = unit.values.get(name);
      String here = value == null ? "${" + catalog.parameter(name) + "}" : value;
      text = text.replace("${" + name + "}", here);
    }
    return text;
  }

  /** The text with opening braces right before a placeholder as a var. */
  private String braced(Parts parts, Place place) {
    Parts apart = new Parts();
    List<String> list = parts.list();
    for (int i = 0; i < list.size(); i++) {
      String part = list.get(i);
      if (i % 2 == 1) {
        apart.hole(part);
      } else if (part.endsWith("{") && i + 1 < list.size()) {
        apart.text(part.substring(0, part.length() - 1)).hole("{" + BRACE + "}");
        brace = true;
      } else {
        apart.text(part);
      }
    }
    return catalog.written(apart, place);
  }

  /** Whether the shell has to put a value in, so that it reads it as NREL's torc lets it. */
  private boolean isForShell(Piece.Hole hole, Quote quote, boolean word, Place place) {
    List<String> values =
        unit.rows.stream()
            .map(row -> Family.format(hole.format(), row.get(hole.name())))
            .distinct()
            .filter(value -> !Literal.isPlain(value))
            .toList();
    if (values.isEmpty()) {
      return false;
    }
    String active =
        switch (quote) {
          case DOUBLE -> "\"$`\\";
          case SINGLE -> "'";
          default -> ACTIVE;
        };
    List<String> read = new ArrayList<>();
    boolean split = false;
    for (String value : values) {
      if (value.chars().anyMatch(c -> active.indexOf(c) >= 0)) {
        read.add(value);
      }
      split |= value.isEmpty() || value.chars().anyMatch(c -> " \t*?[".indexOf(c) >= 0);
    }
    if (quote == Quote.REFUSE) {
      notes.say(
          place,
          "{%s} stands where torc cannot quote its values; they are left to the shell as ${%s}: see that this is right"
              .formatted(hole.name(), catalog.parameter(hole.name())));
      return true;
    }
    if (!read.isEmpty()) {
      notes.say(
          place,
          "{%s} puts in %s as it stands, where NREL's torc let the shell read it: see that this is right"
              .formatted(hole.name(), read.getFirst()));
      return false;
    }
    if (quote == Quote.BARE && split && word) {
      String name = catalog.parameter(hole.name());
      notes.say(
          place,
          "the shell splits the values of %s where they stand bare, as with NREL's torc; to pass each as one word, write {%s} for ${%s}"
              .formatted(hole.name(), name, name));
      return true;
    }
    return false;
  }

  /** Whether a placeholder is a word of a command by itself, and no file of a redirection. */
  private static boolean isWord(List<String> parts, int at) {
    String before = parts.get(at - 1);
    String after = parts.get(at + 1);
    boolean begins =
        before.isEmpty() ? at == 1 : " \t\n;&|(".indexOf(before.charAt(before.length() - 1)) >= 0;
    boolean ends =
        after.isEmpty() ? at == parts.size() - 2 : " \t\n;&|)<>".indexOf(after.charAt(0)) >= 0;
    return begins
        && ends
        && !before.stripTrailing().endsWith(">")
        && !before.stripTrailing().endsWith("<");
  }

  /** Says what belongs to NREL's torc and is not there when this torc runs the command. */
  private void foreign(String text, Place place) {
    Matcher variable = VARIABLE.matcher(text);
    while (variable.find()) {
      String instead =
          switch (variable.group(1)) {
            case "JOB_NAME" -> "; TORC_JOB is the name of the job";
            case "ATTEMPT_ID" -> "; TORC_ATTEMPT counts the attempts";
            default -> "";
          };
      notes.say(
          place,
          "job " + unit.name() + " uses " + variable.group() + ", which is not set here" + instead);
    }
    Matcher call = CALL.matcher(text);
    while (call.find()) {
      String instead =
          switch (call.group(1)) {
            case "user-data" -> "; write echo 'KEY=VALUE' >> \"$TORC_OUTPUT\"";
            case "events" -> "; write echo '{\"KEY\": \"VALUE\"}' >> \"$TORC_EVENTS\"";
            default -> "";
          };
      notes.say(
          place,
          "job " + unit.name() + " calls torc " + call.group(1) + " of NREL's torc" + instead);
    }
  }
}
