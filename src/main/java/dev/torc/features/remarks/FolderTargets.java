package dev.torc.features.remarks;

import dev.torc.base.syntax.Paths;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.core.model.Template.Part;
import dev.torc.features.remarks.CommandWords.CommandWord;
import dev.torc.features.remarks.CommandWords.Role;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Finds commands that expect a folder to be missing which torc makes before the job starts: {@code
 * mkdir out}, and {@code cp -r site dist}, which then copies into the folder. Where it is unknown
 * whether a source is a folder, nothing is said.
 *
 * @param step the step whose commands these are
 */
record FolderTargets(RemarkedJob of, Step step, CommandWords words) {

  /** Returns the rest of a sentence about a job; null if there is nothing to say. */
  static String in(RemarkedJob of, CommandWords words, Step step) {
    return new FolderTargets(of, step, words).line();
  }

  private String line() {
    for (List<String> command : words.commands()) {
      String line = line(command);
      if (line != null) {
        return line;
      }
    }
    for (Template template : step.command().templates()) {
      String joined = joined(template);
      if (joined != null) {
        return joined;
      }
    }
    for (CommandWord word : words.words()) {
      if (word.role() == Role.TARGET && isMade(path(word.text()), false)) {
        return " writes to %s, but that product is a folder; produce %1$s, or write %1$s/FILE"
            .formatted(path(word.text()));
      }
    }
    return null;
  }

  /** Returns a sentence about a folder that is joined with the text behind it; or null. */
  private String joined(Template template) {
    for (int i = 0; i + 1 < template.parts().size(); i++) {
      Part next = template.parts().get(i + 1);
      String behind =
          next instanceof Part.Text text ? text.text().split("[\\s/;&|]", 2)[0] : next.toString();
      String folder =
          template.parts().get(i) instanceof Part.Slot slot ? of.product(slot, step, true) : null;
      if (folder != null && behind.matches("[\\w${].*")) {
        return " writes %s%s, which is beside the folder %s, not in it; write %1$s/%2$s"
            .formatted(template.parts().get(i), behind, folder);
      }
    }
    return null;
  }

  private String line(List<String> command) {
    String program = command.getFirst();
    List<String> rest = command.subList(1, command.size());
    List<String> options =
        rest.stream().filter(word -> word != null && word.startsWith("-")).toList();
    List<String> operands =
        rest.stream().filter(word -> word == null || !word.startsWith("-")).toList();
    String to = operands.isEmpty() ? null : operands.getLast();
    if (to == null || !program.matches("cp|mv|mkdir") || isRemoved(to)) {
      return null;
    } else if (program.equals("mkdir")) {
      boolean ready = options.stream().anyMatch(o -> o.equals("--parents") || isShort(o, "p"));
      boolean caught = words.text().matches("(?s).*\\bmkdir\\b[^\\n;&|]*\\|\\|.*");
      return ready || caught || !isMade(path(to), true)
          ? null
          : " runs mkdir %s, but torc has made that folder; write mkdir -p, or leave it out"
              .formatted(to);
    }
    String from = operands.size() == 2 ? operands.getFirst() : null;
    boolean exact =
        options.stream().anyMatch(o -> isShort(o, "tT") || o.contains("target-directory"));
    boolean folder =
        from != null
            && switch (program) {
              case "cp" ->
                  options.stream().anyMatch(o -> o.equals("--recursive") || isShort(o, "rR"))
                          && mayBeFolder(path(from))
                      || options.stream().anyMatch(o -> o.equals("--archive") || isShort(o, "a"))
                          && isFolder(path(from));
              default -> isFolder(path(from)) || isFilled(from);
            };
    if (!folder || exact || from.endsWith("/.") || to.endsWith("/") || !isMade(path(to), false)) {
      return null;
    }
    String name = from.replaceFirst("/+$", "");
    String into = to + "/" + name.substring(name.lastIndexOf('/') + 1);
    return " runs %s, but torc has made %s/, so this makes %s; write cp -r %s/. %2$s"
        .formatted(String.join(" ", command), to, into, name);
  }

  private static boolean isShort(String option, String letters) {
    return option.matches("-[A-Za-z]*[" + letters + "][A-Za-z]*");
  }

  /** Returns whether the commands remove a folder, or ask whether it exists. */
  private boolean isRemoved(String folder) {
    return words.text().matches("(?s).*-[de]\\s+[\"']?" + Pattern.quote(folder) + "\\b.*")
        || words.commands().stream()
            .filter(command -> command.getFirst().matches("rm|rmdir"))
            .anyMatch(
                command ->
                    command.stream().anyMatch(w -> w != null && path(w).equals(path(folder))));
  }

  /**
   * Returns whether torc makes a folder for the job: a product or, if {@code above}, its parent.
   */
  private boolean isMade(String folder, boolean above) {
    return of.job().productRefs().stream()
        .anyMatch(
            ref ->
                ref instanceof Ref.OfFolder made && made.path().equals(folder)
                    || above
                        && !(ref instanceof Ref.OfGlob)
                        && ref.text().startsWith(folder + "/"));
  }

  /** Returns whether the commands make a folder, or write into it. */
  private boolean isFilled(String folder) {
    return words.words().stream().anyMatch(word -> word.text().startsWith(folder + "/"))
        || words.commands().stream()
            .anyMatch(each -> each.getFirst().equals("mkdir") && each.contains(folder));
  }

  private boolean mayBeFolder(String path) {
    int name = path.lastIndexOf('/') + 1;
    return isFolder(path)
        || path.indexOf('.', name) < 0
            && !Files.exists(of.graph().workflow().root().resolve(path))
            && of.graph().makerOf(path) < 0;
  }

  private boolean isFolder(String path) {
    Predicate<Ref> same = ref -> ref instanceof Ref.OfFolder folder && folder.path().equals(path);
    int maker = of.graph().makerOf(path);
    return of.job().needRefs().stream().anyMatch(same)
        || maker >= 0
            && of.graph().isJob(maker)
            && of.graph().job(maker).productRefs().stream().anyMatch(same)
        || Files.isDirectory(of.graph().workflow().root().resolve(path));
  }

  private String path(String word) {
    try {
      return new Paths(of.graph().workflow().root())
          .below(step.dir(), word.replaceFirst("/+$", ""));
    } catch (IllegalArgumentException e) {
      return word; // too long
    }
  }
}
