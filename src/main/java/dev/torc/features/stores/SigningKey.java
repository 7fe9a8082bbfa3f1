package dev.torc.features.stores;

import dev.torc.base.posix.OwnUser;
import dev.torc.base.posix.PlainFile;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * An Ed25519 key that signs records of shared stores. Its file has the PKCS#8 PEM format, which
 * openssl and other tools also read. Only the file's owner may be able to read it.
 */
public final class SigningKey {

  static final int SIGNATURE = 64; // bytes

  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";
  private static final int LARGEST = 1 << 14; // bytes of a file that may be a key
  private static final int OF_OTHERS = 0077;
  private static final String MAKE = "make one with torc store --make-key FILE";

  private final PrivateKey key;
  private final SigningWord word;

  private SigningKey(PrivateKey key, SigningWord word) {
    this.key = key;
    this.word = word;
  }

  /** Returns the public half, which other users add to {@code trust}. */
  public SigningWord word() {
    return word;
  }

  /**
   * Makes a key in a new file that only the user can read, and returns the public half. If the file
   * exists or cannot be written, throws with a line that starts with the file.
   */
  public static SigningWord make(Path file) throws StoreRefusal {
    KeyPair pair = pair(new SecureRandom());
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    String text =
        String.join("\n", BEGIN, lines.encodeToString(pair.getPrivate().getEncoded()), END, "");
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, text);
    } catch (FileAlreadyExistsException e) {
      throw refusal(file, "already exists; a key is never overwritten: name another file");
    } catch (IOException e) {
      file.toFile().delete(); // it may hold half a key
      throw refusal(file, "cannot write the key: " + Refusal.why(e));
    }
    return word(pair);
  }

  /**
   * Checks that a key file exists and that no other user can read it, without reading it. Throws
   * with a line that starts with the file.
   */
  static void check(Path file) throws StoreRefusal {
    try {
      Map<String, Object> status = Files.readAttributes(file, "unix:mode,uid");
      if (!Files.isRegularFile(file)) {
        throw refusal(file, "not a file; a key is wanted: " + MAKE);
      }
      if (((int) status.get("mode") & OF_OTHERS) != 0) {
        throw refusal(
            file, "others can reach this key; run: chmod 600 " + SafeText.name(file.toString()));
      }
      int owner = (int) status.get("uid");
      if (!OwnUser.is(owner) && owner != 0) {
        throw refusal(file, "this key is another user's; use one of your own: " + MAKE);
      }
    } catch (IOException e) {
      throw refusal(file, "cannot read the key: " + Refusal.why(e));
    }
  }

  /** Reads a key. If it is invalid or unsafe, throws with a line that starts with the file. */
  public static SigningKey read(Path file) throws StoreRefusal {
    check(file);
    try {
      return of(file, new String(PlainFile.read(file, LARGEST), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw refusal(file, "cannot read the key: " + Refusal.why(e));
    }
  }

  private static SigningKey of(Path file, String text) throws StoreRefusal {
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin || text.length() > LARGEST) {
      throw refusal(file, "no private key in PEM (PKCS#8, without a password); " + MAKE);
    }
    try {
      byte[] pkcs8 = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
      PrivateKey key =
          KeyFactory.getInstance(SigningWord.ALGORITHM)
              .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      byte[] seed = ((EdECPrivateKey) key).getBytes().orElseThrow();
      return new SigningKey(key, word(pair(new Seed(seed))));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw refusal(file, "a key of another kind than Ed25519, or a damaged one; " + MAKE);
    }
  }

  private static KeyPair pair(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(SigningWord.ALGORITHM);
      generator.initialize(NamedParameterSpec.ED25519, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has Ed25519
    }
  }

  /** Returns the public key: the last bytes of its X.509 form. */
  private static SigningWord word(KeyPair pair) {
    byte[] x509 = pair.getPublic().getEncoded();
    return SigningWord.of(Arrays.copyOfRange(x509, x509.length - SigningWord.LENGTH, x509.length));
  }

  /**
   * A source of random bytes that returns a private key's 32 bytes. They determine the public key,
   * but the JDK computes it only when it makes a new pair from random bytes.
   */
  private static final class Seed extends SecureRandom {

    private static final long serialVersionUID = 1L;

    private final byte[] seed;

    Seed(byte[] seed) {
      this.seed = seed.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, seed.length);
    }
  }

  byte[] sign(byte[] message) {
    try {
      Signature ed25519 = Signature.getInstance(SigningWord.ALGORITHM);
      ed25519.initSign(key);
      ed25519.update(message);
      return ed25519.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // the key was read as Ed25519
    }
  }

  private static StoreRefusal refusal(Path file, String why) {
    return new StoreRefusal(SafeText.name(file.toString()) + ": " + why);
  }
}
