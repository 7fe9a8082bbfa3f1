package dev.torc.front.ask;

import dev.torc.base.machine.Gpus;
import dev.torc.base.machine.ProgramOutput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The text about GPUs in {@code torc doctor}, with the models from {@code nvidia-smi}. If that
 * program is missing or does not answer, GPUs are shown by their ids alone. Builds do not need the
 * models.
 */
final class GpuNames {

  private static final List<String> ASK =
      List.of(
          "nvidia-smi",
          "--query-gpu=index,uuid,name,memory.total",
          "--format=csv,noheader,nounits");

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private record Card(String number, String id, String model) {}

  private GpuNames() {}

  /** Returns a text such as {@code 1 (0: NVIDIA H200, 141 GB)}. */
  static String of(Gpus gpus, Map<String, String> env) {
    List<Card> cards = new ArrayList<>();
    for (String line : ProgramOutput.of(ASK, env, null, PATIENCE).text().split("\n")) {
      String[] words = line.split(", ");
      if (words.length == 4) {
        cards.add(new Card(words[0], words[1], words[2] + memory(words[3])));
      }
    }
    List<String> each = new ArrayList<>();
    for (String id : gpus.ids()) {
      String model = "";
      for (Card card : cards) {
        boolean same = card.number.equals(id) || id.length() > 4 && card.id.startsWith(id);
        model = same ? ": " + card.model : model;
      }
      each.add(id + model);
    }
    return gpus.count() + " (" + String.join("; ", each) + ")";
  }

  /** Returns memory in GB, rounded up, since vendors include the part that the driver reserves. */
  private static String memory(String mebibytes) {
    return mebibytes.matches("\\d{1,9}")
        ? ", " + Math.ceilDiv(Long.parseLong(mebibytes), 1024) + " GB"
        : "";
  }
}
