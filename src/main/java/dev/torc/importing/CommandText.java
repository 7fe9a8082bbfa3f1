package dev.torc.importing;

import dev.torc.buildfile.LiteralText;
import dev.torc.importing.WorkflowSpec.Job;
import dev.torc.syntax.Place;
import dev.torc.syntax.Quote;
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

  private final SymbolTable symbols;
  private final Notes notes;
  private final Target target;
  private final Job job;
  private final Dependencies needs;
  private boolean brace;

  CommandText(SymbolTable symbols, Notes notes, Target target, Dependencies needs) {
    this.symbols = symbols;
    this.notes = notes;
    this.target = target;
    this.job = symbols.job(target);
    this.needs = needs;
  }

  /** Whether the text uses {@link #BRACE}. */
  boolean usesBrace() {
    return brace;
  }

  /** The script of the job and its command as one text. */
  String written() {
    PlacedText command = job.command();
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
  static String plain(SymbolTable symbols, Target target, PlacedText text) {
    TemplateBuilder parts = new TemplateBuilder();
    for (TextPiece piece : TextPiece.ofName(text.text(), target.sweep.parameters())) {
      if (piece instanceof TextPiece.Hole hole) {
        symbols.hole(parts, target, hole, text.place());
      } else if (piece instanceof TextPiece.Plain plain) {
        parts.text(plain.text());
      }
    }
    return symbols.written(parts, text.place());
  }

  private String written(String text, Place place) {
    List<TextPiece> pieces =
        TextPiece.ofCommand(text, target.sweep.parameters()).stream()
            .map(piece -> plain(piece, place))
            .toList();
    TemplateBuilder draft = new TemplateBuilder();
    for (TextPiece piece : pieces) {
      switch (piece) {
        case TextPiece.Plain plain -> draft.text(plain.text());
        case TextPiece.Hole hole -> symbols.hole(draft, target, hole, place);
        case TextPiece.Reference reference -> draft.hole(needs.placeholder(reference));
      }
    }
    List<Quote> places = LiteralText.places(draft.list());
    TemplateBuilder parts = new TemplateBuilder();
    int hole = 0;
    for (TextPiece piece : pieces) {
      if (piece instanceof TextPiece.Plain plain) {
        parts.text(plain.text());
        continue;
      }
      String placeholder = draft.list().get(2 * hole + 1);
      Quote quote = hole < places.size() ? places.get(hole) : Quote.REFUSE;
      boolean word = isWord(draft.list(), 2 * hole + 1);
      hole++;
      if (piece instanceof TextPiece.Hole of && isForShell(of, quote, word, place)) {
        parts.text("${" + symbols.parameter(of.name()) + "}");
      } else {
        parts.hole(placeholder);
      }
    }
    String written = parts.written();
    return written != null ? written : braced(parts, place);
  }

  /** What is known of a piece as plain text; what the job itself stores is its bare name here. */
  private TextPiece plain(TextPiece piece, Place place) {
    if (piece instanceof TextPiece.Plain plain) {
      return new TextPiece.Plain(renamed(plain.text()));
    }
    if (piece instanceof TextPiece.Hole hole && target.values.containsKey(hole.name())) {
      return new TextPiece.Plain(
          ParameterSweep.format(hole.format(), target.values.get(hole.name())));
    }
    if (!(piece instanceof TextPiece.Reference reference)
        || !reference.data()
        || reference.input()) {
      return piece;
    }
    String name = target.put(reference.name());
    String key = symbols.dataKey(name);
    notes.say(
        place,
        "job %s refers to the user data %s, which it stores; here it writes %s=VALUE to $TORC_OUTPUT"
            .formatted(target.name(), name, key));
    return new TextPiece.Plain(key == null ? name : key);
  }

  /** {@code ${name}} of a parameter: its value, or its name here. */
  private String renamed(String text) {
    for (String name : target.sweep.parameters()) {
      String value = target.values.get(name);
      String here = value == null ? "${" + symbols.parameter(name) + "}" : value;
      text = text.replace("${" + name + "}", here);
    }
    return text;
  }

  /** The text with opening braces right before a placeholder as a var. */
  private String braced(TemplateBuilder parts, Place place) {
    TemplateBuilder apart = new TemplateBuilder();
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
    return symbols.written(apart, place);
  }

  /** Whether the shell has to put a value in, so that it reads it as NREL's torc lets it. */
  private boolean isForShell(TextPiece.Hole hole, Quote quote, boolean word, Place place) {
    List<String> values =
        target.rows.stream()
            .map(row -> ParameterSweep.format(hole.format(), row.get(hole.name())))
            .distinct()
            .filter(value -> !LiteralText.isPlain(value))
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
              .formatted(hole.name(), symbols.parameter(hole.name())));
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
      String name = symbols.parameter(hole.name());
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
          "job %s uses %s, which is not set here%s"
              .formatted(target.name(), variable.group(), instead));
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
          "job " + target.name() + " calls torc " + call.group(1) + " of NREL's torc" + instead);
    }
  }
}
