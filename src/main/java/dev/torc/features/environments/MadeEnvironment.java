package dev.torc.features.environments;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.OwnUser;
import dev.torc.base.posix.SystemName;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.JsonText;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.SourceFile;
import dev.torc.base.text.Refusal;
import dev.torc.core.here.Runner;
import dev.torc.core.manifest.MachineInputs.ImageSource.Effects;
import dev.torc.core.memory.ThisHost;
import dev.torc.core.model.Job;
import dev.torc.core.model.Surroundings;
import dev.torc.core.model.Template;
import dev.torc.features.stores.FolderTrust;
import dev.torc.features.stores.StoreRefusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The folder of an environment, and the marker beside it that says that the folder is complete and
 * what it does to the variables of a job. The folder's name has the digest of entry and lock, so
 * another lock gets another folder. Nothing here is a product: torc never hashes, stores or moves
 * it.
 *
 * @param folder absolute
 * @param shared whether other roots may use it, too
 * @param group whose members are trusted with a shared one; null for none
 * @param refused why the environment in the folder that roots share is not trusted, so that the
 *     root uses its own; empty if the shared one is used or was never asked for
 */
public record MadeEnvironment(Path folder, boolean shared, String group, String refused) {

  /**
   * The folder in which roots share it, also for the jobs that run in it, and on a second line the
   * group whose members are trusted there; missing if they do not.
   */
  public static final String SHARED = "environment folder";

  static final String FOLDER = ".torc/environments";

  private static final int SHOWN = 12; // digits of the digest in the name

  private static final String COMPLETE = "folder"; // in a marker; one without it has a mark

  private static final String LOADED = "loaded"; // modules

  private static final String FORM = "2"; // of the marker; an earlier one has callers' values

  static MadeEnvironment of(Path root, Job job, Digest digest) {
    String name = job.surroundings().name() + "-" + digest.hex().substring(0, SHOWN);
    Template shared = job.extra(SHARED);
    String refused = "";
    if (shared != null) {
      String[] words = shared.render(_ -> List.of()).split("\n");
      Path folder = root.resolve(words[0]).resolve(name);
      MadeEnvironment made =
          new MadeEnvironment(folder, true, words.length == 1 ? null : words[1], "");
      refused = made.distrust();
      if (refused.isEmpty()) {
        return made;
      }
    }
    return new MadeEnvironment(root.resolve(FOLDER).resolve(name), false, null, refused);
  }

  /**
   * Returns why others than the user, root and the group may have made or changed it, by the rules
   * for shared stores; empty if they cannot have.
   */
  private String distrust() {
    try {
      FolderTrust trust = FolderTrust.of(group);
      trust.check(folder.getParent());
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        trust.check(folder);
      }
      return !Files.exists(marker(), LinkOption.NOFOLLOW_LINKS) || trust.isTrusted(marker())
          ? ""
          : "others can have written " + marker();
    } catch (NoSuchFileException e) {
      return ""; // the folder is missing, or another torc removes the environment
    } catch (StoreRefusal e) {
      return e.getMessage();
    } catch (IOException e) {
      return Refusal.line(e);
    }
  }

  /** Lets only the user and the group write a new file or folder, whatever the umask. */
  private void give(Path path) throws IOException {
    if (!shared) {
      return;
    }
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    Set<PosixFilePermission> modes = view.readAttributes().permissions();
    modes.remove(PosixFilePermission.OTHERS_WRITE);
    if (group == null) {
      modes.remove(PosixFilePermission.GROUP_WRITE);
    } else {
      view.setGroup(
          path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group));
      modes.add(PosixFilePermission.GROUP_WRITE);
    }
    view.setPermissions(modes);
  }

  /**
   * Returns what the environment of a job does: see {@link
   * dev.torc.core.manifest.MachineInputs.ImageSource#effects}.
   */
  public static Effects effects(Path root, Job job, Digest digest, Map<String, String> caller) {
    SortedMap<String, String> marker = of(root, job, digest).believed();
    if (marker == null) {
      return null;
    }
    String loaded = marker.get(LOADED);
    return new Effects(
        ActivationRecipe.of(marker).effects(caller),
        loaded == null ? null : ActivationLooks.names(loaded));
  }

  /** Returns whether the environment is modules, which are not made but loaded. */
  static boolean isOfModules(Surroundings in) {
    return ModuleTool.loads(in.entry());
  }

  /** Returns a path beside the folder, whose name has this ending. */
  Path beside(String ending) {
    return folder.resolveSibling(folder.getFileName() + ending);
  }

  private Path marker() {
    return beside(".json");
  }

  /** Returns the file that a torc locks to use it if it is shared; its time is the last use. */
  Path lock() {
    return beside(".lock");
  }

  /** Notes that a build uses it. */
  void use() throws IOException {
    OwnFile.out(lock(), StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING).close();
  }

  /** Returns how many nanoseconds ago a build last used it; 0 if unknown. */
  public long unused() throws IOException {
    return Files.exists(lock())
        ? Duration.between(Files.getLastModifiedTime(lock()).toInstant(), Instant.now()).toNanos()
        : 0;
  }

  /**
   * Removes it unless a build uses it; returns whether it did. The caller holds the root's lock.
   */
  public boolean remove(ThisHost host) throws IOException {
    try (EnvironmentLock lock = EnvironmentLock.take(this, true, host)) {
      if (lock != null) {
        clear();
        FileTree.remove(beside(".lock.shared"));
        FileTree.remove(lock());
      }
      return lock != null;
    }
  }

  /** Removes everything but the lock: the marker first, so that the rest is not believed. */
  void clear() throws IOException {
    for (String ending : List.of(".json", "", ".json.new", ".asked")) { // the last: of torc before
      FileTree.remove(beside(ending));
    }
  }

  /**
   * Makes an empty folder, for processes with these entries in their environment. Ends those that a
   * killed torc, perhaps of another root, left making it. Returns lines to tell.
   */
  List<String> begin(Map<String, String> mark) throws IOException {
    SortedMap<String, String> left = read();
    boolean making = shared && !left.isEmpty() && !left.containsKey(COMPLETE);
    List<String> told = new ArrayList<>();
    if (making) {
      told.addAll(Runner.endLeftovers(List.of(left)));
    }
    told.addAll(makeRoom());
    write(new TreeMap<>(mark));
    Files.createDirectory(folder);
    give(folder);
    if (shared && OwnUser.is((int) Files.getAttribute(lock(), "unix:uid"))) {
      give(lock());
    }
    return told;
  }

  /** Removes what is there; what only another user can remove moves aside, in the same folder. */
  private List<String> makeRoom() throws IOException {
    try {
      clear();
      return List.of();
    } catch (FileSystemException e) {
      Path left = beside(".left-" + System.currentTimeMillis());
      if (!shared || !folder.toFile().renameTo(left.toFile())) {
        throw e;
      }
      clear();
      return List.of(
          "%s stays as %s: %s".formatted(folder.getFileName(), left.getFileName(), e.getReason()));
    }
  }

  /**
   * Writes the marker, which makes the environment complete. Scripts in an environment hold the
   * path of their folder and of their interpreter, so both are in the marker.
   *
   * @param loaded modules; empty for an environment that is made
   */
  void complete(ActivationRecipe recipe, List<String> loaded) throws IOException {
    SortedMap<String, String> marker = place();
    marker.putAll(recipe.lines());
    if (!loaded.isEmpty()) {
      marker.put(LOADED, String.join(":", loaded));
    }
    write(marker);
  }

  /** Returns what must be the same for a marker to be believed. */
  private SortedMap<String, String> place() throws IOException {
    SortedMap<String, String> place = new TreeMap<>();
    place.put("form", FORM);
    place.put(COMPLETE, folder.toRealPath().toString());
    place.put("system", SystemName.here());
    place.put("interpreter", interpreter());
    return place;
  }

  private void write(SortedMap<String, String> marker) throws IOException {
    SortedMap<String, String> members = new TreeMap<>(marker);
    members.replaceAll((_, text) -> JsonText.string(text));
    byte[] text = (JsonText.object(members) + "\n").getBytes(StandardCharsets.UTF_8);
    OwnFile.replace(
        marker(),
        out -> {
          out.write(text);
          give(beside(".json.new"));
        });
  }

  /** Returns the marker; empty if there is none, or no readable one. */
  private SortedMap<String, String> read() throws IOException {
    SortedMap<String, String> marker = new TreeMap<>();
    if (OwnFile.exists(marker())) {
      try {
        Node parsed = SourceFile.parse(OwnFile.read(marker()), marker().toString());
        for (Map.Entry<String, Node.Entry> each : ((Node.Mapping) parsed).entries().entrySet()) {
          marker.put(each.getKey(), ((Node.Scalar) each.getValue().value()).text());
        }
      } catch (BadInput | ClassCastException e) {
        marker.clear();
      }
    }
    return marker;
  }

  /** Returns when it became complete; empty for an incomplete one. */
  Optional<FileTime> completed() {
    return Io.or(() -> Optional.of(Files.getLastModifiedTime(marker())), Optional.empty());
  }

  /** Returns what a complete environment does; null if there is none that works here and now. */
  ActivationRecipe recipe() {
    SortedMap<String, String> marker = believed();
    return marker == null ? null : ActivationRecipe.of(marker);
  }

  private SortedMap<String, String> believed() {
    try {
      SortedMap<String, String> marker = read();
      return marker.entrySet().containsAll(place().entrySet()) ? marker : null;
    } catch (IOException e) {
      return null; // it is made anew
    }
  }

  /**
   * Returns which program {@code bin/python} is, and which state a place has that locks share;
   * empty without them.
   */
  private String interpreter() throws IOException {
    StringBuilder found = new StringBuilder();
    for (String name : List.of("bin/python", "state")) {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        Path real = file.toRealPath();
        found.append(real + " " + Files.size(real) + " ");
        found.append(Files.getLastModifiedTime(real).toMillis());
      }
    }
    return found.toString();
  }
}
