package dev.torc.posix;

import java.util.ArrayList;
import java.util.List;

/**
 * The environment of one process: entries of the caller's that lie in native memory already, and
 * others. Which those are is decided by {@link Environment#with}.
 *
 * @param block keeps the memory alive
 * @param kept addresses in the block
 * @param own {@code name=value} entries without the closing NUL
 * @param path the value of PATH, null where there is none
 */
public record EnvironmentEntries(
    Environment.Block block, long[] kept, List<byte[]> own, byte[] path) {

  /** The array of pointers that a process is started with; valid while these entries are held. */
  long array(ScratchMemory scratch) {
    return scratch.pointers(kept, own);
  }

  /** All entries, without the closing NUL, in the order in which a process gets them. */
  List<byte[]> all() {
    List<byte[]> all = new ArrayList<>();
    for (long address : kept) {
      all.add(block.entry(address));
    }
    all.addAll(own);
    return all;
  }
}
