package dev.torc.front.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.InflaterInputStream;

/**
 * A page as its script reads it.
 *
 * @param numbers columns of numbers, by name
 * @param texts columns of texts, by name; {@code texts} has those that numbers stand for
 */
public record ReadPage(
    String html, JsonNode head, Map<String, List<Float>> numbers, Map<String, List<String>> texts) {

  /** Reads the text of a page. */
  public static ReadPage of(String page) throws IOException {
    byte[] packed = Base64.getDecoder().decode(script(page, "data").strip());
    byte[] bytes = new InflaterInputStream(new ByteArrayInputStream(packed)).readAllBytes();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    Map<String, List<Float>> numbers = new HashMap<>();
    Map<String, List<String>> texts = new HashMap<>();
    JsonNode head = null;
    for (JsonNode column : new ObjectMapper().readTree(script(page, "columns"))) {
      String name = column.get("name").asText();
      int from = column.get("from").asInt();
      int count = column.get("count").asInt();
      if (from % 4 != 0) {
        throw new IOException("an array begins at a multiple of its element: " + name);
      }
      if (name.equals("head")) {
        head = new ObjectMapper().readTree(bytes, from, count);
      } else if (List.of("name", "texts", "boxLabel").contains(name)) {
        String all = new String(bytes, from, count, StandardCharsets.UTF_8);
        texts.put(name, List.of(all.isEmpty() ? new String[0] : all.split("\n", -1)));
      } else {
        List<Float> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          values.add(
              switch (column.get("type").asText()) {
                case "Int32Array" -> (float) buffer.getInt(from + 4 * i);
                case "Float32Array" -> buffer.getFloat(from + 4 * i);
                default -> (float) bytes[from + i];
              });
        }
        numbers.put(name, values);
      }
    }
    return new ReadPage(page, head, numbers, texts);
  }

  private static String script(String page, String id) {
    int begin = page.indexOf('>', page.indexOf("id=\"" + id + "\"")) + 1;
    return page.substring(begin, page.indexOf("</script>", begin));
  }

  /** A job's number on the page. */
  public int job(String name) {
    return texts.get("name").indexOf(name);
  }

  /** A job's text in the column now, why, what or from. */
  public String text(String column, String job) {
    return texts.get("texts").get(numbers.get(column).get(job(job)).intValue());
  }

  /** The word for a state's number. */
  public String state(float ordinal) {
    return head.get("states").get((int) ordinal).asText();
  }

  /** The word for each job's state, by the job's name. */
  public Map<String, String> states() {
    Map<String, String> states = new TreeMap<>();
    List<String> names = texts.get("name");
    for (int job = 0; job < numbers.get("state").size(); job++) {
      states.put(names.get(job), state(numbers.get("state").get(job)));
    }
    return states;
  }

  /** The boxes of the picture: label and state. */
  public List<String> boxes() {
    List<String> boxes = new ArrayList<>();
    for (int i = 0; i < numbers.get("boxState").size(); i++) {
      boxes.add(texts.get("boxLabel").get(i) + " " + state(numbers.get("boxState").get(i)));
    }
    return boxes;
  }
}
