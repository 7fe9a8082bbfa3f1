package dev.torc.features.environments;

import dev.torc.base.digests.Digest;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.FileValues;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.SourceFile;
import dev.torc.base.syntax.UserPaths;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.features.reading.BuildFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the files that lock an environment. */
public final class EnvironmentFiles {

  /**
   * What was read and looked for: the graph of a build file is read again if any of it changes.
   *
   * @param found the files that were looked for, each with what was found
   */
  public record Looked(List<BuildFile.Read> read, SortedMap<String, List<String>> found) {}

  /** Matches an option of a requirements file that names another such file, or a folder. */
  private static final Pattern OPTION =
      Pattern.compile("(-[rce]|--requirement|--constraint|--editable)[ =]*(.+)");

  /** Matches an option whose value is a URL, or a place of this machine. */
  private static final Pattern INDEX =
      Pattern.compile("(?:-[if]|--(?:extra-)?index-url|--find-links)[ =]*(.+)");

  /** Matches other options of a requirements file that name no place. */
  private static final Pattern PLACELESS =
      Pattern.compile(
          "--(?:no-index|pre|prefer-binary|require-hashes"
              + "|(?:no-binary|only-binary|trusted-host|use-feature)[ =].*)");

  /** What may follow a requirement: a marker, and options. */
  private static final Pattern MORE = Pattern.compile(" *;.*| +--.*");

  /** A requirement from an index or a URL; anything else may be a place of this machine. */
  private static final Pattern REMOTE =
      Pattern.compile(
          "[A-Za-z0-9._-]+ *(?:\\[[^]]*])? *(?:\\(?[<>=!~][^/\\\\$]*)?|(?:[A-Za-z0-9._-]+"
              + " *(?:\\[[^]]*])? *@ *)?(?:[a-z]+\\+)?(?:https?|ssh|git)://[^$]*");

  private static final String ARCHIVE = "(?:whl|tar\\.gz|tgz|zip|conda|tar\\.bz2)";

  private static final Pattern LOCAL_FILE = Pattern.compile("\\S+\\." + ARCHIVE);

  private static final Pattern LOCAL =
      Pattern.compile("(?:\\.{0,2}/|file:).*|(?![a-z+]+://)" + LOCAL_FILE.pattern());

  /** What an installer takes from a folder of packages. */
  private static final List<String> PACKAGES =
      List.of("*.whl", "*.tar.gz", "*.tgz", "*.zip", "*.tar.bz2", "*.html", "**/*.conda");

  /**
   * What building a package leaves in its folder. Names with a leading dot do not count, either.
   */
  private static final List<String> LEFT =
      List.of("build/**", "dist/**", "**/*.egg-info/**", "**/*.py[co]");

  /** A package in a lock of uv that lies in the file system. */
  private static final Pattern UV_LOCAL =
      Pattern.compile(
          "name = \"(.*)\"\\R(?:version = .*\\R)?source = \\{ (editable|path|directory) ="
              + " \"([^\"]*)\"");

  /** A folder of a workspace of uv, or of a package in it. */
  private static final Pattern UV_FOLDER =
      Pattern.compile("source = \\{ (?:virtual|editable|directory) = \"([^\"]*)\"");

  /** What a lock is made from, in the manifest of a package. */
  private static final List<String> PROJECT =
      List.of(
          """
          project.dependencies project.optional-dependencies project.requires-python
          dependency-groups build-system tool.uv
          """
              .split("\\s+"));

  /** What a lock and an activation of pixi are made from, in a manifest of its own. */
  private static final List<String> PIXI =
      List.of(
          """
          activation constraints dependencies environments feature pypi-dependencies pypi-options
          system-requirements target project.channels project.platforms workspace.channels
          workspace.channel-priority workspace.platforms workspace.exclude-newer
          """
              .split("\\s+"));

  /** Where uv took a package from. */
  private static final Pattern UV_SOURCE =
      Pattern.compile("source = \\{ (?!virtual|editable|path|directory)(\\w+) = \"([^\"]*)\"");

  /** A package in a lock of pixi that lies in the file system, with the lines about it. */
  private static final Pattern PIXI_LOCAL =
      Pattern.compile("(?m)^- \\w+: (?:\\S+ @ )?((?:[./]|file:)\\S*)((?:\\R .*)*)");

  private final Paths paths;
  private final Place place;
  private final Looked looked;
  private final SequencedSet<String> files = new LinkedHashSet<>();
  private final List<String> loose = new ArrayList<>();
  private final SortedMap<String, String> asked = new TreeMap<>();
  private boolean bound;

  EnvironmentFiles(Paths paths, Place place, Looked looked) {
    this.paths = paths;
    this.place = place;
    this.looked = looked;
  }

  /** Returns the files whose bytes count. */
  List<String> files() {
    return List.copyOf(files);
  }

  /** Returns the requirements without an exact version. */
  List<String> loose() {
    return loose;
  }

  /**
   * Returns what manifests ask of their locks, as JSON: if that changes and the lock does not, the
   * tool must say whether the lock still fits.
   */
  SortedMap<String, String> asked() {
    return asked;
  }

  private void manifest(String file, String text, List<String> keys) {
    try {
      FileValues values = FileValues.of(text.getBytes(StandardCharsets.UTF_8), file);
      for (String key : keys) {
        String value = values.at(key);
        if (value != null) {
          asked.put(file + " " + key, value);
        }
      }
    } catch (IOException e) {
      throw new BadInput(place, Refusal.line(e));
    }
  }

  /** Notes the program that makes the folder. */
  void program(String name) {
    bound |= name.contains("/") && !name.startsWith("/");
  }

  /** Returns whether other roots may install something else for the same entry and files. */
  boolean isBound() {
    return bound;
  }

  /** Adds files that only count. */
  void add(List<String> counting) {
    files.addAll(counting);
  }

  /**
   * Returns the nearest file with this name beside another file or in a folder above, in the root.
   */
  private String nearest(String file, String name) {
    for (String folder = UserPaths.parent(file); ; folder = UserPaths.parent(folder)) {
      String path = folder.isEmpty() ? name : folder + "/" + name;
      if (isThere(path)) {
        return path;
      } else if (folder.isEmpty() || folder.equals("/")) {
        return beside(file, name);
      }
    }
  }

  private boolean isThere(String path) {
    boolean there = Files.exists(paths.root().resolve(path));
    looked.found.put(Glob.escape(path), there ? List.of(path) : List.of());
    return there;
  }

  /** Returns a path that is written in a file, relative to the folder of the file. */
  private String beside(String file, String path) {
    String folder = UserPaths.parent(file);
    return paths.normalize(folder.isEmpty() || path.startsWith("/") ? path : folder + "/" + path);
  }

  /** Returns the text of a file; empty if it is missing, which is reported later. */
  private String text(String file) {
    Path path = paths.root().resolve(file);
    if (!isThere(file)) {
      return "";
    }
    try {
      byte[] bytes = SourceFile.bytes(path, file);
      looked.read.add(new BuildFile.Read(path, BuildFile.located(path), Digest.ofBytes(bytes)));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new BadInput(place, Refusal.line(e));
    }
  }

  /**
   * Adds the lock of a project of uv, what its manifests ask of the lock, the file that says which
   * Python it takes, and the files of folders that it copies. Returns the options without which uv
   * installs what it has built of these folders before.
   */
  String uv(String project) {
    String lock = nearest(project, "uv.lock");
    files.add(lock);
    python(project);
    String locked = text(lock);
    SequencedSet<String> manifests = new LinkedHashSet<>(List.of(project));
    Matcher folder = UV_FOLDER.matcher(locked);
    while (folder.find()) {
      manifests.add(beside(lock, folder.group(1) + "/pyproject.toml"));
    }
    manifests.forEach(file -> manifest(file, text(file), PROJECT));
    Matcher local = UV_LOCAL.matcher(locked);
    StringBuilder refresh = new StringBuilder();
    while (local.find()) {
      bound = true;
      if (local.group(2).equals("directory")) {
        copied(lock, beside(lock, local.group(3)));
        refresh.append("--refresh-package ").append(SafeText.quoted(local.group(1))).append(' ');
      }
    }
    Matcher source = UV_SOURCE.matcher(locked);
    while (source.find()) {
      if (!source.group(2).matches("(?:https?|ssh|git)://.*")) {
        packages(beside(lock, bare(source.group(2))));
      }
    }
    return refresh.toString();
  }

  /** Adds the file that says which Python uv takes for a file. */
  void python(String of) {
    String python = nearest(of, ".python-version");
    if (isThere(python)) {
      files.add(python);
    }
  }

  /** Adds a local folder of packages, or a file that lists some. */
  private void packages(String place) {
    bound = true;
    if (!Files.isDirectory(paths.root().resolve(place))) {
      if (isThere(place)) {
        files.add(place);
      }
      return;
    }
    for (String each : PACKAGES) {
      found(Glob.escape(place) + "/" + each);
    }
  }

  /** Returns the path of a {@code file:} URL; another text stays. */
  private static String bare(String place) {
    return place.replaceFirst("^file:(?://(?:localhost)?)?", "");
  }

  /** Adds the files of a folder of which a copy is installed. */
  private void copied(String file, String folder) {
    bound = true;
    if (paths.root().startsWith(paths.root().resolve(folder).normalize())) {
      throw new BadInput(
          place,
          "%s installs a copy of the folder %s, which holds all files of this root; make it editable"
              .formatted(file, folder));
    }
    String start = Glob.escape(folder) + "/";
    List<Glob> left = LEFT.stream().map(each -> Glob.of(start + each)).toList();
    found(GlobWalk.text(Glob.of(start + "**"), left));
  }

  /** Adds the files that a pattern matches. */
  private void found(String pattern) {
    try {
      looked.found.put(pattern, GlobWalk.find(paths.root(), pattern).files());
      files.addAll(looked.found.get(pattern));
    } catch (IOException e) {
      throw new BadInput(place, Refusal.line(e));
    }
  }

  /**
   * Adds the lock of pixi and what the manifest asks of it. Returns whether manifest and lock can
   * be copied: they name no files beside them. Refuses a lock that copies folders, since pixi may
   * install what it has built of them before.
   */
  boolean pixi(String manifest, String lock) {
    files.add(lock);
    String text = text(manifest);
    if (manifest.endsWith("pyproject.toml")) {
      manifest(manifest, text, PROJECT);
      manifest(manifest, text, PIXI.stream().map(key -> "tool.pixi." + key).toList());
    } else {
      manifest(manifest, text, PIXI);
    }
    bound = text.matches("(?s).*\\bscripts *=.*"); // of the activation
    Matcher local = PIXI_LOCAL.matcher(text(lock));
    while (local.find()) {
      bound = true;
      boolean editable = (local.group(2) + text).matches("(?s).*editable *[:=] *true.*");
      if (!editable && !LOCAL_FILE.matcher(local.group(1)).matches()) {
        throw new BadInput(
            place,
            "%s installs a copy of the folder %s, whose changes would go unseen; add editable = true to it in %s"
                .formatted(lock, local.group(1), manifest));
      }
    }
    return !bound;
  }

  /** Adds an {@code environment.yml} and the files that it names. */
  void conda(String file) {
    String key = "";
    boolean pip = false;
    for (String line : text(file).split("\\R")) {
      String each = uncommented(line);
      if (each.matches("\\w+:.*")) { // of the top level
        key = each;
        pip = false;
        bound |= !key.matches("(?:name|prefix|variables):.*|(?:channels|dependencies):");
      } else if (each.startsWith("-")) {
        String wanted = each.substring(1).strip().replaceAll("^[\"']|[\"']$", "");
        if (key.equals("channels:") && wanted.matches("[./~].*|file:.*")) {
          packages(beside(file, bare(wanted)));
        } else if (!key.equals("dependencies:")) {
          continue;
        } else if (wanted.equals("pip:")) {
          pip = true;
        } else if (pip) {
          requirement(wanted, file, loose);
        } else if (LOCAL.matcher(wanted).matches()) {
          packages(paths.normalize(bare(wanted)));
        } else if (!wanted.matches("[^<>!~=, ]+ *={1,2} *[^<>!~=,*]+(=.*)?")) {
          loose.add(wanted);
        }
      }
    }
  }

  /**
   * Adds a requirements file and the files that it names; adds requirements without an exact
   * version to {@code open}.
   */
  void requirements(String file, List<String> open) {
    if (files.add(file)) {
      for (String each : text(file).replaceAll("\\\\\\R", " ").split("\\R")) {
        requirement(uncommented(each), file, open);
      }
    }
  }

  private static String uncommented(String line) {
    return line.replaceFirst("(?:^|\\s)#.*", "").strip();
  }

  private void requirement(String line, String file, List<String> open) {
    Matcher option = OPTION.matcher(line);
    Matcher index = INDEX.matcher(line);
    if (option.matches()) {
      other(option, file, open);
    } else if (index.matches()) {
      String place = index.group(1).strip().replaceAll("^[\"']|[\"']$", "");
      if (!place.matches("https?://[^$]*")) {
        String near = beside(file, bare(place));
        packages(isThere(near) ? near : paths.normalize(bare(place))); // as pip looks for it
      }
    } else if (line.startsWith("-")) {
      bound |= !PLACELESS.matcher(line).matches();
    } else if (!line.isEmpty()) {
      required(line, file, open);
    }
  }

  /** Reads another file that an option names, or notes a folder that is installed as it is. */
  private void other(Matcher option, String file, List<String> open) {
    String kind = option.group(1).replaceFirst("^-+", "");
    String named = option.group(2).strip();
    if (kind.startsWith("e")) {
      bound = true;
    } else if (!named.matches("https?://.*")) {
      List<String> into = kind.startsWith("c") ? new ArrayList<>() : open;
      requirements(beside(file, bare(named)), into);
    } else if (kind.startsWith("r")) {
      open.add(masked(option.group()));
    }
  }

  private void required(String line, String file, List<String> open) {
    String wanted = MORE.matcher(line).replaceFirst("");
    String source = wanted.replaceFirst("^[A-Za-z0-9._-]+ *(?:\\[[^]]*])? *@ *", "");
    bound |= line.matches(".* --(?!hash[ =]).*");
    boolean near = source.contains("/") && isThere(source);
    if (!source.contains("$") && (near || LOCAL.matcher(source).matches())) {
      String local = paths.normalize(bare(source).replaceFirst("\\[[^]]*]$", ""));
      if (Files.isDirectory(paths.root().resolve(local))) {
        copied(file, local);
      } else {
        files.add(local);
        bound = true;
      }
      return;
    }
    bound |= !REMOTE.matcher(wanted).matches();
    if (!wanted.contains("==")) {
      open.add(masked(line));
    }
  }

  /** Returns a line without the login of a URL. */
  private static String masked(String line) {
    return line.replaceFirst("//[^/@]*@", "//***@");
  }

  /** Adds an explicit lock of conda, and the packages of this machine that it names. */
  void explicit(String file) {
    files.add(file);
    for (String line : text(file).split("\\R")) {
      String each = uncommented(line).replaceFirst("^(?:- )?url: ", "");
      if (each.matches("file:.*|(?!.*: )[./~].*")) {
        packages(paths.normalize(bare(each).replaceFirst("#.*", "")));
      }
    }
  }
}
