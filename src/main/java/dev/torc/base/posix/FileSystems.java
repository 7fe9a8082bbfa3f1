package dev.torc.base.posix;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells whether a path's file system is remote, whether it keeps executable bits, what sets its
 * ctime, and where it is mounted.
 */
public final class FileSystems {

  private static final Set<String> NETWORK_NAMES =
      Set.of("nfs", "smbfs", "afpfs", "webdav", "ftp", "acfs", "lustre", "macfuse", "osxfuse");

  /** The file systems of macOS that show all files as executable. */
  private static final Set<String> MODELESS_NAMES = Set.of("msdos", "exfat", "ntfs", "smbfs");

  private static final int FUSE = 0x65735546;
  private static final int BTRFS = 0x9123683e;
  private static final int BCACHEFS = 0xca451a4e;

  private static final int READ_ONLY = 1;

  private FileSystems() {}

  /** Returns the display name of a path's network file system; empty if it is local or unknown. */
  public static Optional<String> networkKind(Path path) {
    Memory text = Memory.ofText(path.toString());
    Memory status = status(text.address());
    Reference.reachabilityFence(text);
    if (status == null) {
      return Optional.empty();
    }
    return Libc.MAC
        ? Optional.of(name(status)).filter(NETWORK_NAMES::contains)
        : kind((int) status.getLong(0));
  }

  /**
   * Returns whether a path's file system cannot store executable bits; {@code path} is an address.
   */
  static boolean isModeless(long path) {
    Memory status = status(path);
    return status != null
        && (Libc.MAC ? MODELESS_NAMES.contains(name(status)) : isModeless((int) status.getLong(0)));
  }

  /** What sets the ctime of a file system's files, so that every change of a file changes it. */
  public enum CtimeKeeper {
    KERNEL,
    SERVER,
    /** Nothing does: ctime comes from an image, from the mtime or from a user program. */
    NONE
  }

  /**
   * A file system's status: {@code type} is 0 on macOS, {@code source} (a device) empty on Linux.
   */
  public record Statfs(int type, CtimeKeeper keeper, boolean readOnly, String source) {

    /** Returns whether it may span several disks, so that its device number names no disk. */
    public boolean isPool() {
      return type == BTRFS || type == BCACHEFS;
    }
  }

  /** Returns the status of a path's file system; null if the system reports none. */
  public static Statfs statfs(String path) {
    Memory text = Memory.ofText(path);
    Memory status = status(text.address());
    Reference.reachabilityFence(text);
    if (status == null) {
      return null;
    }
    int type = (int) status.getLong(0);
    return Libc.MAC
        ? new Statfs(
            0, keeper(name(status)), (status.getInt(64) & READ_ONLY) != 0, text(status, 1112))
        : new Statfs(type, keeper(type), (status.getLong(80) & READ_ONLY) != 0, "");
  }

  private static CtimeKeeper keeper(String name) {
    return switch (name) {
      case "apfs", "hfs" -> CtimeKeeper.KERNEL;
      case "nfs", "smbfs", "lustre" -> CtimeKeeper.SERVER;
      default -> CtimeKeeper.NONE;
    };
  }

  /**
   * Returns what sets ctime, by the {@code f_type} on Linux: the kernel on ext, XFS, Btrfs, tmpfs,
   * F2FS, overlay, bcachefs, ZFS and HFS+, a server on NFS, SMB, Lustre, GPFS, BeeGFS, Ceph, AFS
   * and 9P. virtiofs shares its type with FUSE, so only its {@link Mount} identifies it.
   */
  static CtimeKeeper keeper(int type) {
    return switch (type) {
      case 0xef53, 0x58465342, BTRFS, 0x01021994, 0xf2f52010, 0x794c7630, BCACHEFS, 0x2fc12fc1 ->
          CtimeKeeper.KERNEL;
      case 0x482b -> CtimeKeeper.KERNEL;
      case 0x6969, 0xff534d42, 0xfe534d42, 0x517b, 0x0bd00bd0, 0x47504653, 0x19830326 ->
          CtimeKeeper.SERVER;
      case 0x00c36400, 0x5346414f, 0x6b414653, 0x01021997 -> CtimeKeeper.SERVER;
      default -> CtimeKeeper.NONE;
    };
  }

  private static Memory status(long path) {
    String name = Libc.MAC && Libc.symbol("statfs$INODE64") != 0 ? "statfs$INODE64" : "statfs";
    Memory status = Memory.of(4096); // the largest struct, that of macOS, has 2168 bytes
    // int statfs(const char *path, struct statfs *)
    boolean told = NativeCall.of(name).call(path, status.address()) == 0;
    Reference.reachabilityFence(status);
    return told ? status : null;
  }

  /** Returns {@code f_fstypename} of a struct statfs on macOS, in lower case. */
  private static String name(Memory status) {
    return text(status, 72).toLowerCase(Locale.ROOT);
  }

  private static String text(Memory status, int offset) {
    byte[] text = Memory.textAt(status.address() + offset);
    Reference.reachabilityFence(status);
    return new String(text, StandardCharsets.UTF_8);
  }

  /**
   * Returns whether a file system keeps no executable bits, by its {@code f_type} on Linux: FAT,
   * exFAT, NTFS and SMB do not. FUSE and 9P may or may not, so the bits that they show are trusted.
   */
  static boolean isModeless(int type) {
    return switch (type) {
      case 0x4d44, 0x2011bab0, 0x5346544e, 0x7366746e, 0xff534d42, 0xfe534d42, 0x517b -> true;
      default -> false;
    };
  }

  /**
   * Returns the display name of a network file system, by its {@code f_type} on Linux: from
   * linux/magic.h, and from the sources of Lustre, GPFS, BeeGFS and others. FUSE counts as remote,
   * since most FUSE file systems with projects on them (sshfs, s3fs, gcsfuse) are.
   */
  static Optional<String> kind(int type) {
    return Optional.ofNullable(
        switch (type) {
          case 0x6969 -> "NFS";
          case 0xff534d42, 0xfe534d42, 0x517b -> "SMB";
          case 0x0bd00bd0 -> "Lustre";
          case 0x47504653 -> "GPFS";
          case 0x19830326 -> "BeeGFS";
          case 0x00c36400 -> "Ceph";
          case 0x01021997 -> "9P";
          case 0x5346414f, 0x6b414653 -> "AFS";
          case 0x73757245 -> "Coda";
          case 0x01161970 -> "GFS2";
          case 0x7461636f -> "OCFS2";
          case 0xaad7aaea -> "PanFS";
          case 0x013111a8 -> "IBRIX";
          case FUSE -> "FUSE";
          default -> null;
        });
  }

  /**
   * A mounted file system, from its line of {@code /proc/self/mountinfo} (see proc(5)): with a type
   * like {@code nfs4} or {@code fuse.sshfs} and the options of the mount and the file system.
   */
  public record Mount(String line, String point, String type, String source, Set<String> options) {

    private boolean holds(String path) {
      return path.equals(point) || path.startsWith(point.endsWith("/") ? point : point + "/");
    }
  }

  /** Returns the mount that holds a real path; throws without {@code /proc}, as on macOS. */
  public static Optional<Mount> mount(Path path) throws IOException {
    byte[] table = Files.readAllBytes(Path.of("/proc/self/mountinfo"));
    return mount(new String(table, StandardCharsets.UTF_8), path.toString());
  }

  /** Returns the deepest mount that holds a real path; the last one if several are in one place. */
  public static Optional<Mount> mount(String table, String path) {
    return table
        .lines()
        .map(FileSystems::parsed)
        .filter(mount -> mount != null && mount.holds(path))
        .reduce((one, next) -> next.point.length() >= one.point.length() ? next : one);
  }

  /** Parses a line: six fields, others up to a hyphen, then type, source and options. */
  private static Mount parsed(String line) {
    int hyphen = line.indexOf(" - ");
    if (hyphen < 0) {
      return null;
    }
    String[] mount = line.substring(0, hyphen).split(" ");
    String[] system = line.substring(hyphen + 3).split(" ", 3); // the source may be empty
    if (mount.length < 6 || system.length < 3) {
      return null;
    }
    List<String> options = new ArrayList<>(List.of(mount[5].split(",")));
    options.addAll(List.of(system[2].split(",")));
    return new Mount(
        line, unescaped(mount[4]), unescaped(system[0]), unescaped(system[1]), Set.copyOf(options));
  }

  /** Decodes escaped spaces, tabs, newlines, {@code #} and backslashes: three octal digits. */
  private static String unescaped(String field) {
    return Pattern.compile("\\\\([0-3][0-7]{2})")
        .matcher(field)
        .replaceAll(
            it -> {
              String sign = String.valueOf((char) Integer.parseInt(it.group(1), 8));
              return Matcher.quoteReplacement(sign);
            });
  }
}
