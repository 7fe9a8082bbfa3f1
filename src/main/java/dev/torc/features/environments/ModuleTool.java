package dev.torc.features.environments;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.SourceFile;
import dev.torc.base.text.SafeText;
import dev.torc.core.manifest.MachineInputs.ImageSource.Loaded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Asks Lmod or Environment Modules what the names of an environment load. A name may mean another
 * module each day, so what counts is the list that is loaded in the end. A command asks once.
 */
public final class ModuleTool {

  /** Loads modules. The tools end with 0 for some errors, so what they say counts, too. */
  private static final String LOAD =
      """
      if [ -n "${LMOD_CMD-}${MODULES_CMD-}" ]; then
        module() { torc_do=$("${LMOD_CMD:-$MODULES_CMD}" bash "$@") && eval "$torc_do"; }
      elif [ -r "${MODULESHOME-}/init/bash" ]; then
        . "$MODULESHOME/init/bash"
      elif ! command -v module > /dev/null && [ -z "${TORC_LOGIN-}" ]; then
        TORC_LOGIN=1 exec bash -lc "$BASH_EXECUTION_STRING" "$0" "$@"
      fi
      if ! command -v module > /dev/null; then
        echo "torc: found neither Lmod nor Environment Modules: LMOD_CMD, MODULES_CMD and MODULESHOME are not set, and bash -lc has no module command" >&2
        exit 127
      fi
      unset TORC_LOGIN LOADEDMODULES _LMFILES_ $(env | sed -nE 's/^((__LMOD_|__MODULES_LM|_ModuleTable)[A-Za-z0-9_]*|[A-Za-z0-9_]*_modshare)=.*/\\1/p')
      torc_said=$(mktemp) || exit
      module load %s > "$torc_said" 2>&1 && ! grep -q ERROR: "$torc_said"
      torc_is=$?
      cat "$torc_said" >&2
      rm "$torc_said"
      [ "$torc_is" = 0 ]\
      """;

  private static final String KIND = "\"kind\":\"module\"";

  private final Map<String, String> caller;
  private final Path root;
  private final Map<String, List<String>> names = new HashMap<>(0); // by entry; guarded by this
  private final Map<List<String>, Loaded> answers = new HashMap<>(0);

  /** Creates one for a caller with these variables. */
  public ModuleTool(Map<String, String> caller, Path root) {
    this.caller = caller;
    this.root = root;
  }

  /** Returns whether the entry of an environment is one of modules. */
  public static boolean loads(String entry) {
    return entry.contains(KIND);
  }

  /** Returns whether a name has no version, so that the site decides which one is loaded. */
  static boolean isBare(String name) {
    return name.indexOf('/') < 0;
  }

  /** Returns the command that loads modules. */
  static String load(List<String> names) {
    return LOAD.formatted(names.stream().map(SafeText::quoted).collect(Collectors.joining(" ")));
  }

  /**
   * Returns what an entry loads: what it loaded the last time, if that is known, if each name has a
   * version and if these were the full names.
   */
  public synchronized Loaded loaded(String entry, List<String> known) {
    List<String> named = names.computeIfAbsent(entry, ModuleTool::names);
    boolean asks =
        known == null || named.stream().anyMatch(ModuleTool::isBare) || !known.containsAll(named);
    return asks ? answers.computeIfAbsent(named, this::ask) : new Loaded(known, false, "");
  }

  private static List<String> names(String entry) {
    try {
      byte[] text = entry.getBytes(StandardCharsets.UTF_8);
      Node load = ((Node.Mapping) SourceFile.parse(text, "an entry")).get("load");
      List<Node> items = load instanceof Node.Sequence list ? list.items() : List.of(load);
      return items.stream().map(each -> ((Node.Scalar) each).text()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Loaded ask(List<String> named) {
    ProgramOutput said =
        ActivationLooks.ask(
            load(named), ActivationLooks.caller(caller, root), root, ProgramOutput.PATIENCE);
    return said.ok()
        ? new Loaded(ActivationLooks.of(said.text()).loaded(), true, "")
        : new Loaded(List.of(), true, why(said));
  }

  private static String why(ProgramOutput said) {
    return said.errors()
        .lines()
        .filter(line -> line.contains("ERROR:"))
        .findFirst()
        .orElse(said.said())
        .replaceFirst("^(torc|ERROR): ", "");
  }
}
