package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Paths;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection.UserPaths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The kinds of environments: the keys of an entry, and the commands that make and enter one. Each
 * kind is a short way to write {@code commands}.
 */
enum EnvironmentKind {
  COMMANDS("file", "create", "activate"),
  VENV("file", "python"),
  UV("file");

  static final List<String> WORDS = Arrays.stream(values()).map(EnvironmentKind::word).toList();

  private static final String INSTALL =
      " && {dir}/bin/python -m pip install --disable-pip-version-check --no-input";

  private final List<String> own;

  EnvironmentKind(String... own) {
    this.own = List.of(own);
  }

  /** Returns the kind with this word; null for none. */
  static EnvironmentKind of(String word) {
    int at = WORDS.indexOf(word);
    return at < 0 ? null : values()[at];
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  List<String> keys() {
    return Stream.concat(Stream.of("kind"), own.stream()).toList();
  }

  /**
   * How an environment is made.
   *
   * @param files the files whose bytes count
   * @param loose the requirements without an exact version
   * @param activate null for nothing
   */
  record Made(List<String> files, List<String> loose, Node.Scalar create, Node.Scalar activate) {}

  Made read(String name, MapFields entry, EnvironmentFiles find, Paths paths) {
    List<String> written =
        entry.list("file", node -> paths.normalize(entry.scope().literalPath(node)));
    List<String> files = new ArrayList<>();
    List<String> loose = new ArrayList<>();
    return switch (this) {
      case COMMANDS -> {
        Node create = entry.map().get("create");
        if (create == null) {
          throw new BadInput(
              entry.map().place(),
              "environment %s has no create: the command that fills the folder {dir}"
                  .formatted(name));
        }
        Node activate = entry.map().get("activate");
        yield new Made(
            written,
            loose,
            MapFields.scalar(create, "create"),
            activate == null ? null : MapFields.scalar(activate, "activate"));
      }
      case VENV -> {
        StringBuilder create = new StringBuilder();
        create.append(SafeText.quoted(entry.text("python", "python3"))).append(" -m venv {dir}");
        for (String file : written) {
          find.requirements(file, entry.map().get("file").place(), files, loose);
          create.append(create.indexOf("install") < 0 ? INSTALL : "");
          create.append(" -r ").append(SafeText.quoted(file));
        }
        yield made(entry, files, loose, create.toString());
      }
      case UV -> {
        String project = written.isEmpty() ? "pyproject.toml" : written.getFirst();
        files.add(find.uvLock(project, entry.map().place()));
        find.pinnedPython(project).ifPresent(files::add);
        String folder = UserPaths.parent(project);
        yield made(
            entry,
            files,
            loose,
            "UV_PROJECT_ENVIRONMENT={dir} uv sync --locked --project "
                + SafeText.quoted(folder.isEmpty() ? "." : folder));
      }
    };
  }

  private static Made made(MapFields entry, List<String> files, List<String> loose, String create) {
    return new Made(files, loose, text(entry, create), text(entry, ". {dir}/bin/activate"));
  }

  private static Node.Scalar text(MapFields entry, String command) {
    return new Node.Scalar(entry.map().place(), command, true);
  }
}
