package dev.torc.bench;

import java.util.List;

/**
 * Files that many jobs need as a whole. A build file names them in one word: a glob for torc, a
 * phony target for ninja, a variable for make.
 *
 * @param glob a pattern that fits these files and no other
 */
record Bundle(String name, String glob, List<String> files) {

  Bundle {
    files = List.copyOf(files);
  }
}
