package dev.torc.cluster;

import dev.torc.cluster.RemoteAttempt.RemoteKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What torc writes down of a script before it hands it out, so that a later build finds its jobs:
 * with which settings it went out, under which name, and which attempts are in it. What became of
 * them is said by the script in the same folder.
 *
 * @param folder of the script
 * @param settings as far as they are needed to ask for it and to end it
 * @param name under which it was submitted
 * @param time nanoseconds since 1970 by torc's clock, never the same in two
 * @param elements the attempts of each element, in their order
 */
record BatchRecord(
    BatchFolder folder,
    SchedulerSettings settings,
    String name,
    long time,
    List<List<HandedOutAttempt>> elements) {

  /** The lines of a file that says this. */
  String lines() {
    StringBuilder lines = new StringBuilder();
    BatchWord.line(lines, "name", name);
    BatchWord.line(lines, "time", Long.toString(time));
    settings.write(lines);
    for (int element = 0; element < elements.size(); element++) {
      for (HandedOutAttempt place : elements.get(element)) {
        RemoteKey key = place.key();
        String words =
            "%d %s %s %d %s %s "
                .formatted(
                    element,
                    place.claim(),
                    key.build(),
                    key.attempt(),
                    key.manifest(),
                    key.command());
        BatchWord.line(lines, "job", words + key.job());
        BatchWord.line(lines, "cause", key.cause());
        for (RemoteAttempt.Product product : place.products()) {
          String how = " " + product.clearing() + (product.folder() ? " folder " : " file ");
          BatchWord.line(lines, "product", place.claim() + how + product.path());
        }
      }
    }
    return lines.toString();
  }

  /** What a file says; null where there is none, or none that is whole and understood. */
  static BatchRecord read(BatchFolder folder, Path file) throws IOException {
    return BatchWord.read(file, word -> of(folder, word));
  }

  private static BatchRecord of(BatchFolder folder, BatchWord word) {
    List<List<HandedOutAttempt>> elements = new ArrayList<>();
    List<String[]> products = new ArrayList<>();
    word.texts("product").forEach(line -> products.add(line.split(" ", 4)));
    Iterator<String> causes = word.texts("cause").iterator(); // earlier torcs wrote none
    int next = 0;
    for (String line : word.texts("job")) {
      String[] words = line.split(" ", 7);
      String claim = words[1];
      List<RemoteAttempt.Product> own = new ArrayList<>();
      for (; next < products.size() && products.get(next)[0].equals(claim); next++) {
        String[] product = products.get(next);
        own.add(
            new RemoteAttempt.Product(
                Path.of(product[3]),
                product[2].equals("folder"),
                RemoteAttempt.Clearing.of(product[1])));
      }
      RemoteKey key =
          new RemoteKey(
              words[6],
              words[2],
              Integer.parseInt(words[3]),
              words[4],
              words[5],
              causes.hasNext() ? causes.next() : "");
      int element = Integer.parseInt(words[0]);
      while (elements.size() <= element) {
        elements.add(new ArrayList<>());
      }
      elements.get(element).add(new HandedOutAttempt(folder, key, claim, List.copyOf(own)));
    }
    return new BatchRecord(
        folder, SchedulerSettings.read(word), word.text("name"), word.number("time"), elements);
  }
}
