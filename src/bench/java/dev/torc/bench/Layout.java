package dev.torc.bench;

import dev.torc.base.posix.FileStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * A {@link Graph} on disk, in a folder that one tool has for itself. It writes the sources and the
 * build file, edits and touches sources, and tells from the products what a build has done. It runs
 * no tool.
 */
final class Layout {

  private final Graph graph;
  private final Tool tool;
  private final Path dir;

  Layout(Graph graph, Tool tool, Path dir) {
    this.graph = graph;
    this.tool = tool;
    this.dir = dir;
  }

  /** The folder to build in. */
  Path dir() {
    return dir;
  }

  /** Writes sources and build file into an empty folder, and makes the products' folders. */
  void write() throws IOException {
    for (String product : graph.products()) {
      Files.createDirectories(dir.resolve(product).getParent());
    }
    for (String source : graph.sources().keySet()) {
      Path file = dir.resolve(source);
      Files.createDirectories(file.getParent());
      Files.writeString(file, graph.sources().get(source));
    }
    Files.writeString(dir.resolve(tool.buildFile()), tool.text(graph));
  }

  /** Removes the products and what the tool remembers. */
  void forget() throws IOException {
    for (Rule rule : graph.rules()) {
      Files.deleteIfExists(dir.resolve(rule.product()));
      if (rule.depfile()) {
        Files.deleteIfExists(dir.resolve(rule.depfileName()));
      }
    }
    for (String name : tool.memory()) {
      delete(dir.resolve(name));
    }
  }

  /** Removes the whole folder. */
  void remove() throws IOException {
    delete(dir);
  }

  /** Makes the edit of a round. */
  void edit(int round) throws IOException {
    Path file = dir.resolve(graph.edit().file());
    Files.writeString(file, graph.edit().text(round));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
  }

  /** Gives every source a new time. */
  void touch() throws IOException {
    FileTime now = FileTime.from(Instant.now());
    for (String source : graph.sources().keySet()) {
      Files.setLastModifiedTime(dir.resolve(source), now);
    }
  }

  /** The status of each product's file, in the order of the products. */
  List<FileStatus> products() throws IOException {
    FileStatus[] found = new FileStatus[graph.rules().size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = FileStatus.of(dir.resolve(graph.rules().get(i).product()).toString(), true);
    }
    return List.of(found);
  }

  /** How many products were written anew since {@code before} was taken. */
  int rewritten(List<FileStatus> before) throws IOException {
    List<FileStatus> now = products();
    int count = 0;
    for (int i = 0; i < now.size(); i++) {
      FileStatus a = before.get(i);
      FileStatus b = now.get(i);
      if (b.exists() && (a.mtime() != b.mtime() || a.inode() != b.inode())) {
        count++;
      }
    }
    return count;
  }

  /**
   * One digest over the names and bytes of all products, as hexadecimal digits.
   *
   * @throws IOException if a product is missing
   */
  String digest() throws IOException {
    try {
      MessageDigest all = MessageDigest.getInstance("SHA-256");
      MessageDigest one = MessageDigest.getInstance("SHA-256");
      for (String product : graph.products()) {
        all.update(one.digest(product.getBytes()));
        all.update(one.digest(Files.readAllBytes(dir.resolve(product))));
      }
      return HexFormat.of().formatHex(all.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static void delete(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
