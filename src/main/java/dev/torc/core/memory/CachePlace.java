package dev.torc.core.memory;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.GroupAccess;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.OwnUser;
import dev.torc.base.posix.Questions;
import dev.torc.base.posix.Walk;
import dev.torc.core.memory.Cache.CacheException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The paths of a root's cache and of torc's other files. {@code TORC_CACHE} may name a folder
 * elsewhere for the databases of many roots. The name of a database there is made from the root's
 * real path and a random id in {@code .torc/id}, so neither a copy of the root nor another root at
 * the same path takes over its records.
 *
 * <p>In a network root, which several hosts may build, the journal is authoritative, and each host
 * has a database on its own disk.
 *
 * @param folder {@code .torc}
 * @param database the folder of {@code data.mdb}; provisional until {@link #settle}
 * @param working the folder of the files of running processes: {@code .torc}, or another one in it
 * @param host this machine, if several hosts may share the root; otherwise null
 * @param group the group that may write to {@code .torc}, or to the root if {@code .torc} is
 *     missing
 */
public record CachePlace(
    Path root, Path folder, Path database, Path working, ThisHost host, GroupAccess group) {

  /** The name of the folder for files that rule 15 sets aside below {@code roots}. */
  public static final String SET_ASIDE_BELOW_ROOTS = ".torc-kept";

  /** Finds the place of a root; creates nothing. Throws if one of torc's folders is a symlink. */
  public static CachePlace find(Path root, Map<String, String> env, ThisHost host) {
    Path folder = root.resolve(".torc");
    if (!Path.of(root.toString()).equals(root)) {
      throw new CacheException(root + ": the path of a root must be valid UTF-8; rename it");
    }
    try {
      FileStatus there = FileStatus.identity(folder.toString(), false);
      if (there.isLink()) {
        throw linked(folder, "remove it, and set TORC_CACHE to have the records elsewhere");
      }
      CachePlace place = at(root, folder, env, host, group(there.exists() ? folder : root, there));
      if (there.exists()) {
        refuseLink(place.logs());
        refuseLink(place.jobs());
        refuseLink(place.setAside(""));
      }
      if (place.elsewhere()) {
        refuseLink(place.database);
      }
      return place;
    } catch (IOException e) {
      throw CacheTrouble.of("cannot look at", folder, e);
    }
  }

  private static GroupAccess group(Path folder, FileStatus known) throws IOException {
    FileStatus there = known.exists() ? known : FileStatus.identity(folder.toString(), true);
    return (there.mode() & GroupAccess.WRITES) == 0 ? GroupAccess.NONE : GroupAccess.of(folder);
  }

  private static void refuseLink(Path folder) {
    Questions.identity(folder);
    if (Files.isSymbolicLink(folder)) {
      throw linked(folder, "remove it");
    }
  }

  private static CacheException linked(Path folder, String next) {
    return new CacheException(folder + " is a link, and torc follows none there: " + next);
  }

  private static CachePlace at(
      Path root, Path folder, Map<String, String> env, ThisHost host, GroupAccess group)
      throws IOException {
    // A journal marks the root on the file server itself, which sees a local file system.
    boolean shared = host.networkKind(root).isPresent() || OwnFile.exists(journal(folder));
    String elsewhere = env.getOrDefault("TORC_CACHE", "");
    if (elsewhere.isEmpty() && !shared) {
      return new CachePlace(root, folder, folder, folder, null, group);
    }
    Path base =
        elsewhere.isEmpty()
            ? host.databases()
            : Walk.to(root.getFileSystem().getPath("").toAbsolutePath(), elsewhere);
    if (elsewhere.isEmpty()) {
      HostFolder.check(base);
    }
    ThisHost sharing = shared ? host : null;
    Path database = base.resolve(name(root, readId(folder), base, sharing));
    return new CachePlace(root, folder, database, folder, sharing, group);
  }

  private static Path journal(Path folder) {
    return folder.resolve("journal");
  }

  public boolean isNetworkRoot() {
    return host != null;
  }

  public Path journal() {
    return journal(folder);
  }

  public Path logs() {
    return folder.resolve("logs");
  }

  /** Returns the folder of the user's files that torc set aside. */
  public Path setAside() {
    return folder.resolve("kept");
  }

  /** Returns the folder of the files that rule 15 sets aside in a build. */
  public Path setAside(String build) {
    return setAside().resolve(build);
  }

  public Path store() {
    return folder.resolve("store");
  }

  /** Returns the folder for files that are later moved into place; old files may be deleted. */
  public Path tmp() {
    return folder.resolve("tmp");
  }

  /** Returns the folder of {@link MovingFolder}s. */
  public Path moving() {
    return folder.resolve("moving");
  }

  /** Returns the folder of files that running jobs find through environment variables. */
  public Path jobs() {
    return working.resolve("jobs");
  }

  /** Returns the folder of the folders for {@link #apart}. */
  public Path shells() {
    return folder.resolve("shell");
  }

  /** Returns this place for processes beside a build, whose files lie in a folder of their own. */
  public CachePlace apart(String name) {
    return new CachePlace(root, folder, database, shells().resolve(name), host, group);
  }

  /** Returns the folder of submitted batches, which has a folder for each executor. */
  public Path remote() {
    return folder.resolve("remote");
  }

  public Path lock() {
    return folder.resolve("lock");
  }

  /** Returns the lock file that the other hosts of a network root see. */
  public Path networkLock() {
    return folder.resolve("lock.shared");
  }

  /** Returns the file that names the lock's holder. Over SMB, a locked file cannot be read. */
  Path lockHolder() {
    return isNetworkRoot() ? folder.resolve("lock.by") : lock();
  }

  /** Returns the file of {@link StartMarks}. */
  public Path running() {
    return folder.resolve("running");
  }

  /** Returns the probe file for the clock of the file system. */
  public Path clock() {
    return folder.resolve("clock");
  }

  /** Returns whether the database lies outside {@code .torc}. */
  public boolean elsewhere() {
    return !database.equals(folder);
  }

  /**
   * Returns the name of this cache in {@link StartMarks}, valid after {@link #settle}. A cache in
   * {@code .torc} keeps its name when the root is moved; all hosts of a network root use the same
   * name.
   */
  String owner() {
    return !elsewhere() || isNetworkRoot() ? "." : sum(database);
  }

  /** Returns the file of the last graph. */
  public Path graph() {
    return database.resolve("graph");
  }

  /** Returns the file about the fresh jobs of the last build. {@link Cache#open} removes it. */
  public Path rest() {
    return database.resolve("rest");
  }

  /** Returns the file of {@link CleanClose}. */
  Path closed() {
    return database.resolve("closed");
  }

  public Path data() {
    return database.resolve("data.mdb");
  }

  Path lockTable() {
    return database.resolve("lock.mdb");
  }

  /** Makes missing folders and the root's id. Returns the place with the final database folder. */
  CachePlace settle() {
    Path at = folder;
    try {
      makeFolder(folder);
      if (!elsewhere()) {
        return this;
      }
      at = id();
      String id = makeId();
      Path settled = database.resolveSibling(name(root, id, database.getParent(), host));
      at = settled;
      if (isNetworkRoot() && settled.getParent().equals(host.databases())) {
        HostFolder.make(settled.getParent());
      }
      OwnFile.folder(settled);
      return new CachePlace(root, folder, settled, working, host, group);
    } catch (IOException e) {
      throw CacheTrouble.of("cannot make the cache", at, e);
    }
  }

  /** Returns the root's random id, and makes it if it is missing. */
  public synchronized String makeId() throws IOException {
    String id = readId(folder);
    if (id.isEmpty()) {
      byte[] random = new byte[8];
      new SecureRandom().nextBytes(random);
      id = HexFormat.of().formatHex(random);
      // Replaced atomically, because a torn id would lead to another database each time.
      byte[] line = (id + "\n").getBytes(StandardCharsets.UTF_8);
      OwnFile.replace(id(), out -> out.write(line));
      give(id());
    }
    return id;
  }

  /** Returns the file of the root's random id, which not every root has. */
  public Path id() {
    return folder.resolve("id");
  }

  public void makeFolder(Path own) throws IOException {
    OwnFile.folder(own);
    give(own);
  }

  /** Makes a folder that only the group may use, or only the user if there is no group. */
  public void makePrivate(Path own) throws IOException {
    OwnFile.folder(own);
    group.giveAlone(own);
  }

  /** Makes a folder in which jobs work, and its missing parents. */
  public void makeFolders(Path inner) throws IOException {
    group.makeFolders(inner);
  }

  /** Ensures that the group can write a file that torc is about to rewrite. */
  public void ready(Path file) throws IOException {
    group.ready(file);
  }

  /** Lets the group write a new file or folder of torc. */
  public void give(Path made) throws IOException {
    group.give(made);
  }

  /** Lets the group write a new file beside the database, if the database lies in {@code .torc}. */
  public void giveRecords(Path made) throws IOException {
    if (!elsewhere()) {
      give(made);
    }
  }

  /** Throws {@link CacheException}, with advice, if this user cannot write torc's files. */
  public void refuseOthers() {
    if (group.isNone()) {
      return;
    }
    List<Path> own =
        new ArrayList<>(
            List.of(folder, logs(), jobs(), setAside(""), remote(), store(), tmp(), moving()));
    own.addAll(List.of(lock(), running(), clock(), networkLock(), lockHolder(), journal()));
    own.addAll(List.of(data(), lockTable()));
    for (Path file : own) {
      String line = Files.exists(file) ? ForeignFile.line(file) : "";
      if (!line.isEmpty()) {
        throw new CacheException(line);
      }
    }
  }

  private static String readId(Path folder) {
    return Io.or(
        () -> new String(OwnFile.read(folder.resolve("id")), StandardCharsets.UTF_8).strip(), "");
  }

  /** Returns a database folder's name, with the host's name if other hosts may see {@code base}. */
  private static String name(Path root, String id, Path base, ThisHost host) {
    String own = host != null && host.networkKind(base).isPresent() ? "-" + host.name() : "";
    return sum(root) + "-" + (id.isEmpty() ? "new" : id) + own;
  }

  private static String sum(Path folder) {
    Path real = Io.or(folder::toRealPath, folder.toAbsolutePath().normalize());
    return Digest.ofText(real.toString()).hex().substring(0, 16);
  }

  /**
   * A user's own folder in a place where all users may write, such as {@code /var/tmp}. It must
   * belong to the user and be closed to others, because another user's folder of the same name
   * could hold false records.
   */
  private static final class HostFolder {

    private static final int OTHERS = 0077;

    private HostFolder() {}

    static void make(Path folder) throws IOException {
      try {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException there) {
        // check() verifies its owner
      }
      check(folder);
    }

    /** Throws {@link CacheException} if the path exists but is not such a folder. */
    static void check(Path folder) {
      try {
        if (!isOwn(folder)) {
          throw new CacheException(
              folder
                  + ": it is not your own folder with mode 0700, so its records are not trusted;"
                  + " set TORC_CACHE to a folder of yours");
        }
      } catch (NoSuchFileException none) {
        return;
      } catch (IOException e) {
        throw CacheTrouble.of("cannot look at", folder, e);
      }
    }

    private static boolean isOwn(Path folder) throws IOException {
      OwnFile.refuseLink(folder);
      Map<String, Object> status =
          Files.readAttributes(folder, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
      return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          && ((int) status.get("mode") & OTHERS) == 0
          && OwnUser.is((int) status.get("uid"));
    }
  }
}
