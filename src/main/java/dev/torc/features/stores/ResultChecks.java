package dev.torc.features.stores;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.bytes.Fields;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.text.SafeText;
import dev.torc.core.memory.JobResult.StoredValue;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.features.stores.SealedRecord.StoreRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Encodes records to send, and checks received records. It judges a record by its content alone, no
 * matter which key signed it: products must be where products are allowed, and no link may lead out
 * of them. Each record has exactly one valid encoding. Anything else (text that is not UTF-8,
 * unknown fields, trailing bytes) is refused, so that all readers understand a record the same way.
 * The caller checks that the job declares the products; {@link SealedRecord} adds version and
 * signature.
 */
final class ResultChecks {

  static final int MOST_FILES = 10_000; // a result with more files is not stored

  static final int MOST_ENTRIES = 50_000; // files, links and folders of a result

  /** Texts, values and products of a result, including those in lists and folders. */
  static final int MOST_TEXTS = 200_000;

  private static final long MOST_LOG = 1 << 20; // bytes
  private static final long MOST_BYTES = 1L << 60;
  private static final int LONGEST_PATH = 4095; // bytes
  private static final int LONGEST_PART = 255; // bytes
  private static final int LONGEST_WORD = 4096; // characters in texts that are only shown

  /** Names that no product path may contain, in any case: some file systems ignore case. */
  private static final Set<String> NEVER = Set.of(".git", ".torc", ".torc-kept");

  private ResultChecks() {}

  /** Returns the bytes of a record; throws with the reason if no reader would accept it. */
  static byte[] encode(StoreRecord record) throws StoreRefusal {
    check(record);
    return bytes(record);
  }

  /** Returns the bytes of a record without checking it, so that tests can make invalid ones. */
  static byte[] bytes(StoreRecord record) {
    ByteWriter bytes = new ByteWriter(0);
    if (record instanceof Result result) { // a type switch would slow down every start
      Fields.write(bytes, result, Result::form);
    } else {
      Fields.write(bytes, (FoundNames) record, FoundNames::form);
    }
    return bytes.bytes();
  }

  /** Reads and checks the record at {@code from}: a {@code result}, or else lists of names. */
  static StoreRecord decode(boolean result, byte[] bytes, int from) throws StoreRefusal {
    StoreRecord record;
    try {
      ByteReader in = new ByteReader(bytes, from);
      record =
          result
              ? Fields.read(in, MOST_TEXTS, Result::form)
              : Fields.read(in, FoundNames.MOST * MOST_TEXTS, FoundNames::form);
    } catch (RuntimeException e) { // bad bytes can cause any kind
      throw new StoreRefusal("its record is damaged");
    }
    check(record);
    byte[] again = bytes(record);
    if (!Arrays.equals(bytes, from, bytes.length, again, 0, again.length)) {
      throw new StoreRefusal("its record is not written as torc writes it");
    }
    return record;
  }

  private static void check(StoreRecord record) throws StoreRefusal {
    if (record instanceof Result result) {
      check(result);
    } else {
      check((FoundNames) record);
    }
  }

  private static void check(Result result) throws StoreRefusal {
    require(result.terms() != null && result.key() != null, "has no key");
    words(result);
    Set<String> places = new HashSet<>();
    int entries = 0;
    String before = null;
    for (RecordedProduct product : result.products()) {
      path(product.path());
      rising(before, product.path());
      before = product.path();
      entry(product.path(), product, true);
      members(product);
      places.add(product.path());
      entries += 1 + product.members().size();
    }
    for (RecordedProduct product : result.products()) {
      apart(product.path(), places);
    }
    RecordedProduct depfile = result.depfile();
    if (depfile != null) {
      path(depfile.path());
      entry(depfile.path(), depfile, true);
      refuse(!depfile.isFile(), depfile.path(), "a depfile that is not a file");
      if (!result.made(Stamp.FileKind.FILE).contains(depfile)) {
        apart(depfile.path() + "/", places);
      }
    }
    List<RecordedProduct> files = result.allFiles();
    require(files.size() <= MOST_FILES && entries <= MOST_ENTRIES, "has too many files");
    require(sum(files) < MOST_BYTES, "has too many bytes");
    names(result.found());
    for (StoredValue value : result.outputs().data()) {
      require(value.key() != null && value.text() != null, "has a value without a name or text");
    }
    require(result.spent().wall() >= 0 && result.terms().files() >= 0, "took less than no time");
    behind(result);
  }

  /** Checks that a link leads to another product, and has its size and digest. */
  private static void behind(Result result) throws StoreRefusal {
    Map<String, RecordedProduct> behind = result.behindLinks();
    for (RecordedProduct link : result.products()) {
      if (link.isLink()) {
        RecordedProduct at = behind.get(link.path());
        refuse(at == null, link.path(), "a link to something that is not a product");
        boolean same = at.size() == link.size() && at.digest().equals(link.digest());
        refuse(!same, link.path(), "a link to other bytes");
      }
    }
  }

  /** Checks that a path is not inside another product; only members of a folder are. */
  private static void apart(String path, Set<String> places) throws StoreRefusal {
    for (int at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      refuse(places.contains(path.substring(0, at)), path, "is inside another product");
    }
  }

  private static void check(FoundNames names) throws StoreRefusal {
    require(names.key() != null, "has no key");
    int count = names.lists().size();
    require(count > 0 && count <= FoundNames.MOST, "has " + count + " lists of names");
    for (List<String> list : names.lists()) {
      names(list);
    }
    require(Set.copyOf(names.lists()).size() == count, "has a list of names twice");
  }

  /** Checks the names that users see, the root, digests and the log. */
  private static void words(Result result) throws StoreRefusal {
    require(result.origin() != null && "".equals(result.origin().store()), "has an odd origin");
    for (String word : new String[] {result.job(), result.origin().host(), result.origin().job()}) {
      require(word != null && word.length() <= LONGEST_WORD, "lacks a name, or has a long one");
    }
    String root = result.root();
    boolean real = root == null || root.startsWith("/") && root.length() <= LONGEST_PATH;
    require(real, "has an odd root");
    require(isKey(result.key()) && isKey(result.inputs().manifest()), "has an odd key");
    require(result.first() == null || isKey(result.first()), "has an odd key");
    RecordedProduct log = result.outputs().log();
    require(log == null || log.isFile() && "".equals(log.path()), "has an odd log");
    require(log == null || isKey(log.digest()) && log.members().isEmpty(), "has an odd log");
    require(log == null || log.size() >= 0 && log.size() <= MOST_LOG, "has a log that is too long");
  }

  private static boolean isKey(Digest digest) {
    return digest != null && !digest.isExecutable();
  }

  /** Checks the paths of found needs. They are only read, so they may be anywhere. */
  private static void names(List<String> names) throws StoreRefusal {
    String before = null;
    for (String name : names) {
      require(!name.isEmpty() && name.indexOf(0) < 0, "names a file without a name, or with NUL");
      refuse(bytes(name) > LONGEST_PATH, name, "too long a path");
      rising(before, name);
      before = name;
    }
  }

  private static void members(RecordedProduct folder) throws StoreRefusal {
    Map<String, Stamp.FileKind> inner = new HashMap<>();
    String before = null;
    for (RecordedProduct member : folder.members()) {
      String path = folder.path() + "/" + member.path();
      path(member.path());
      path(path);
      for (String part : member.path().split("/")) {
        refuse(FolderDigest.IGNORED.contains(part), path, "never part of a folder");
      }
      rising(before == null ? null : folder.path() + "/" + before, path);
      before = member.path();
      entry(path, member, false);
      int slash = member.path().lastIndexOf('/');
      Stamp.FileKind above =
          slash < 0 ? Stamp.FileKind.FOLDER : inner.get(member.path().substring(0, slash));
      refuse(above == Stamp.FileKind.LINK, path, "is below a symlink");
      refuse(above != Stamp.FileKind.FOLDER, path, "is in no folder of its product");
      inner.put(member.path(), member.kind());
    }
  }

  private static void path(String path) throws StoreRefusal {
    require(path != null && !path.isEmpty(), "has a product without a path");
    refuse(path.startsWith("/"), path, "an absolute path");
    refuse(path.indexOf(0) >= 0, path, "a path with NUL");
    refuse(bytes(path) > LONGEST_PATH, path, "too long a path");
    for (String part : path.split("/", -1)) {
      refuse(part.isEmpty() || part.equals("."), path, "a path with an empty part");
      refuse(part.equals(".."), path, "a path with ..");
      refuse(NEVER.contains(part.toLowerCase(Locale.ROOT)), path, "a path with " + part);
      refuse(bytes(part) > LONGEST_PART, path, "too long a name");
    }
  }

  /** Checks that a product ({@code top}) or member has exactly the fields of its kind. */
  private static void entry(String path, RecordedProduct entry, boolean top) throws StoreRefusal {
    boolean fits =
        switch (entry.kind()) {
          case FILE -> entry.digest() != null && (top || !entry.isLink());
          case LINK -> !top && entry.digest() == null && entry.isLink();
          case FOLDER ->
              !entry.isLink()
                  && (entry.digest() != null) == top
                  && (!top || !entry.digest().isExecutable());
          default -> false;
        };
    refuse(!fits, path, "neither a file nor a folder nor a link as torc describes them");
    boolean holds = top && entry.kind() == Stamp.FileKind.FOLDER;
    long size = holds ? sum(entry.members()) : top || entry.isFile() ? entry.size() : 0;
    refuse(entry.size() != size || size < 0 || size > MOST_BYTES, path, "an odd size");
    refuse(!holds && !entry.members().isEmpty(), path, "members of something that is not a folder");
    if (entry.isLink()) {
      link(path, entry.link(), top ? 0 : depth(entry.path()));
    }
  }

  private static long sum(List<RecordedProduct> files) {
    long sum = 0;
    for (RecordedProduct file : files) {
      sum = Math.min(MOST_BYTES, sum) + Math.min(MOST_BYTES, Math.max(0, file.size()));
    }
    return sum;
  }

  /**
   * Checks that {@code ..} in a link comes before all names, and not more often than there are
   * folders between the link and its product. A chain of such links stays inside the product too.
   */
  private static void link(String path, String text, int depth) throws StoreRefusal {
    refuse(text.isEmpty() || text.indexOf(0) >= 0, path, "a link without a text, or with NUL");
    refuse(bytes(text) > LONGEST_PATH, path, "a link with too long a text");
    int up = 0;
    boolean named = false;
    for (String part : text.split("/", -1)) {
      refuse(part.equals("..") && named, path, "a link with .. behind a name");
      up += part.equals("..") ? 1 : 0;
      named |= !part.equals("..") && !part.equals(".") && !part.isEmpty();
    }
    refuse(text.startsWith("/") || up > depth, path, "a link that leads out of its folder");
  }

  private static int depth(String path) {
    return (int) path.chars().filter(c -> c == '/').count();
  }

  private static void rising(String before, String path) throws StoreRefusal {
    int order = before == null ? -1 : FolderDigest.BYTE_ORDER.compare(before, path);
    refuse(order == 0, path, "appears twice");
    refuse(order > 0, path, "not in its order");
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void refuse(boolean wrong, String path, String why) throws StoreRefusal {
    if (wrong) {
      throw new StoreRefusal(
          "its record has " + SafeText.cut(SafeText.name(path), 200) + ": " + why);
    }
  }

  private static void require(boolean right, String otherwise) throws StoreRefusal {
    if (!right) {
      throw new StoreRefusal("its record " + otherwise);
    }
  }
}
