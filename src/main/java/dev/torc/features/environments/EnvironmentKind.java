package dev.torc.features.environments;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.UserPaths;
import dev.torc.base.text.SafeText;
import dev.torc.features.reading.MapFields;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The kinds of environments: the keys of an entry, and the commands that make and enter one. Each
 * kind is a short way to write {@code commands}. A line of their output that begins with {@code
 * torc:} says why they failed.
 */
enum EnvironmentKind {
  COMMANDS("file", "create", "activate"),
  VENV("file", "python"),
  UV("file"),
  CONDA("file"),
  PIXI("file", "name"),
  MODULE("load");

  static final List<String> WORDS = Arrays.stream(values()).map(EnvironmentKind::word).toList();

  private static final String ENTER = ". {dir}/bin/activate";

  /** What to write for the kinds of other tools. */
  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry("pip", "{ kind: venv, file: requirements.txt }"),
          Map.entry("virtualenv", "{ kind: venv, file: requirements.txt }"),
          Map.entry("mamba", "{ kind: conda, file: environment.yml }"),
          Map.entry("micromamba", "{ kind: conda, file: environment.yml }"),
          Map.entry("modules", "{ kind: module, load: [gcc/13] }"),
          Map.entry("envmodules", "{ kind: module, load: [gcc/13] }"),
          Map.entry("lmod", "{ kind: module, load: [gcc/13] }"),
          Map.entry("docker", "image: NAME in the job"),
          Map.entry("apptainer", "image: NAME in the job"),
          Map.entry("singularity", "image: NAME in the job"),
          Map.entry(
              "poetry",
              "{ kind: commands, file: poetry.lock, create: \"python3 -m venv {dir} && ."
                  + " {dir}/bin/activate && poetry install --no-root\", activate: \"."
                  + " {dir}/bin/activate\" }"),
          Map.entry(
              "renv",
              "{ kind: commands, file: renv.lock, create: \"Rscript -e 'renv::restore(library ="
                  + " commandArgs(TRUE), prompt = FALSE)' {dir}\", activate: \"export R_LIBS={dir}"
                  + " RENV_CONFIG_AUTOLOADER_ENABLED=false\" }"),
          Map.entry(
              "npm",
              "{ kind: commands, file: package-lock.json, create: \"cp package.json"
                  + " package-lock.json {dir} && npm ci --prefix {dir}\", activate: \"export"
                  + " PATH={dir}/node_modules/.bin:$PATH\" }"),
          Map.entry(
              "nix",
              "{ kind: commands, file: flake.lock, create: \"nix develop --profile {dir}/p -c"
                  + " true\", activate: 'eval \"$(nix print-dev-env {dir}/p)\"' }"));

  private static final String INSTALL =
      " && {dir}/bin/python -m pip install --disable-pip-version-check --no-input";

  /** Finds the program; conda and micromamba may be known to the caller's shell only. */
  private static final String CONDAS =
      """
      for torc_tool in micromamba mamba conda "${MAMBA_EXE-}" "${CONDA_EXE-}" ""; do
        if command -v "$torc_tool" > /dev/null; then break; fi
      done
      if [ -z "$torc_tool" ]; then
        echo "torc: micromamba, mamba and conda are not installed" >&2
        exit 127
      fi
      """;

  /** Makes the folder anew, since these tools refuse one that another program has made. */
  private static final String CONDA_CREATE =
      """
      torc_do="%s"
      case "$torc_tool" in *micromamba) torc_do=create ;; esac
      rmdir {dir}
      CONDA_ALWAYS_YES=true MAMBA_ALWAYS_YES=true "$torc_tool" $torc_do -p {dir} --file %s
      """;

  private static final String CONDA_ACTIVATE =
      """
      torc_do=$("$torc_tool" shell activate -s bash -p {dir} 2> /dev/null ||
        "$torc_tool" shell.bash activate {dir}) && eval "$torc_do"\
      """;

  private static final String PIXI_CREATE = "%spixi install --locked --manifest-path %s -e %s\n";

  private static final String PIXI_ACTIVATE =
      """
      torc_do=$(pixi shell-hook --locked --manifest-path %s -e %s --shell bash) && eval "$torc_do"\
      """;

  /** Lets the marker name the state of a place that all locks share: pixi writes it there. */
  private static final String PIXI_STATE =
      " && ln -sfn \"$CONDA_PREFIX/conda-meta/pixi\" {dir}/state";

  private final List<String> own;

  EnvironmentKind(String... own) {
    this.own = List.of(own);
  }

  /** Returns the kind with this word; null for none. */
  static EnvironmentKind of(String word) {
    int at = WORDS.indexOf(word);
    return at < 0 ? null : values()[at];
  }

  /** Returns what to write for the kind of another tool; null if none is known. */
  static String instead(String word) {
    return OTHERS.get(word);
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  List<String> keys() {
    return Stream.concat(Stream.of("kind"), own.stream()).toList();
  }

  /**
   * The commands that make and enter an environment.
   *
   * @param activate null for nothing
   */
  record Recipe(Node.Scalar create, Node.Scalar activate) {}

  /** Returns the commands of an entry; adds its files to {@code find}. */
  Recipe read(String title, MapFields entry, EnvironmentFiles find, Paths paths) {
    List<String> written =
        entry.list("file", node -> paths.normalize(entry.scope().literalPath(node)));
    Place place = entry.map().place();
    return switch (this) {
      case COMMANDS -> {
        find.add(written);
        Node create = must("create", title, entry, "the command that fills the folder {dir}");
        Node activate = entry.map().get("activate");
        yield new Recipe(
            MapFields.scalar(create, "create"),
            activate == null ? null : MapFields.scalar(activate, "activate"));
      }
      case VENV -> {
        StringBuilder create = new StringBuilder();
        String python = entry.text("python", "python3");
        find.program(python);
        create.append(SafeText.quoted(python)).append(" -m venv {dir}");
        for (String file : written) {
          find.requirements(file, find.loose());
          create.append(create.indexOf("install") < 0 ? INSTALL : "");
          create.append(" -r ").append(SafeText.quoted(file));
        }
        yield recipe(entry, create.toString(), ENTER);
      }
      case UV -> {
        if (!written.isEmpty() && written.stream().noneMatch(file -> file.endsWith(".toml"))) {
          yield requirements(entry, find, written);
        }
        String project = one(written, paths.normalize("pyproject.toml"), place);
        String refresh = find.uv(project);
        String folder = UserPaths.parent(project);
        String of = refresh + "--project " + SafeText.quoted(folder.isEmpty() ? "." : folder);
        yield recipe(entry, "UV_PROJECT_ENVIRONMENT={dir} uv sync --locked " + of, ENTER);
      }
      case CONDA -> {
        String file = one(written, paths.normalize("environment.yml"), place);
        boolean asks = file.matches(".*(?<!-lock)\\.ya?ml"); // and not conda-lock.yml
        if (asks) {
          find.add(List.of(file));
          find.conda(file);
        } else {
          find.explicit(file);
        }
        String create =
            CONDA_CREATE.formatted(asks ? "env create" : "create", SafeText.quoted(file));
        yield recipe(entry, CONDAS + create, CONDAS + CONDA_ACTIVATE);
      }
      case PIXI -> pixi(entry, find, one(written, paths.normalize("pixi.toml"), place));
      case MODULE -> {
        Place load = must("load", title, entry, "the names of modules, such as [gcc/13]").place();
        List<String> names = entry.texts("load");
        List<String> bare = names.stream().filter(ModuleTool::isBare).toList();
        if (!bare.isEmpty()) {
          String line = "each build asks for the site's default version of %s; write %s/VERSION";
          entry
              .problems()
              .warn(load, line.formatted(SafeText.names(bare, 2), SafeText.name(bare.getFirst())));
        }
        yield recipe(entry, ":", ModuleTool.load(names));
      }
    };
  }

  /** Installs requirements by uv. */
  private static Recipe requirements(MapFields entry, EnvironmentFiles find, List<String> files) {
    StringBuilder create =
        new StringBuilder("uv venv {dir} && uv pip install --python {dir}/bin/python");
    for (String file : files) {
      find.requirements(file, find.loose());
      find.python(file);
      create.append(" -r ").append(SafeText.quoted(file));
    }
    return recipe(entry, create.toString(), ENTER);
  }

  private static Recipe pixi(MapFields entry, EnvironmentFiles find, String file) {
    String name = file.substring(UserPaths.parent(file).length()).replaceFirst("^/", "");
    String lock = file.substring(0, file.length() - name.length()) + "pixi.lock";
    boolean copied = find.pixi(file, lock);
    String copy = "cp %s %s {dir}\n".formatted(SafeText.quoted(file), SafeText.quoted(lock));
    String manifest = copied ? "{dir}/" + SafeText.quoted(name) : SafeText.quoted(file);
    String of = SafeText.quoted(entry.text("name", "default"));
    return recipe(
        entry,
        PIXI_CREATE.formatted(copied ? copy : "", manifest, of),
        PIXI_ACTIVATE.formatted(manifest, of) + (copied ? "" : PIXI_STATE));
  }

  /** Returns the value of a key that an entry must have. */
  private static Node must(String key, String name, MapFields entry, String what) {
    Node value = entry.map().get(key);
    if (value == null) {
      throw new BadInput(
          entry.map().place(), "environment %s has no %s: %s".formatted(name, key, what));
    }
    return value;
  }

  /** Returns the only file of an entry. */
  private static String one(List<String> written, String otherwise, Place place) {
    if (written.size() > 1) {
      throw new BadInput(place, "an environment of this kind has one file");
    }
    return written.isEmpty() ? otherwise : written.getFirst();
  }

  private static Recipe recipe(MapFields entry, String create, String activate) {
    return new Recipe(text(entry, create), text(entry, activate));
  }

  private static Node.Scalar text(MapFields entry, String command) {
    return new Node.Scalar(entry.map().place(), command, true);
  }
}
