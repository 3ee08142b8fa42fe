extension Python {
  /// Signs pictures with the reference implementation of C2PA and certificates that it makes.
  ///
  /// Arguments: a folder with `a.jpg`, `a.png`, `a.webp`, `a.tif` and `a.gif`. The signed files are
  /// written to the same folder.
  package static let signing = #"""
    import datetime, io, json, sys
    import c2pa
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    folder = sys.argv[1]
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)

    def name(text):
        words = [(NameOID.COMMON_NAME, text), (NameOID.ORGANIZATION_NAME, "Assay")]
        return x509.Name([x509.NameAttribute(*word) for word in words])

    def certificate(subject, key, issuer_key, is_authority):
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        usage = x509.KeyUsage(not is_authority, False, False, False, False,
                              is_authority, is_authority, False, False)
        builder = (x509.CertificateBuilder()
            .subject_name(name(subject)).issuer_name(name("Authority"))
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - day).not_valid_after(now + 30 * day)
            .add_extension(x509.BasicConstraints(is_authority, None), True)
            .add_extension(usage, True).add_extension(authority, False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False))
        if not is_authority:
            purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
            builder = builder.add_extension(purpose, False)
        return builder.sign(issuer_key, hashes.SHA256())

    pem = serialization.Encoding.PEM
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = certificate("Authority", authority_key, authority_key, True)
    makers = {
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
        "ES512": lambda: ec.generate_private_key(ec.SECP521R1()),
        "PS256": lambda: rsa.generate_private_key(65537, 2048),
        "PS384": lambda: rsa.generate_private_key(65537, 2048),
        "PS512": lambda: rsa.generate_private_key(65537, 2048),
        "ED25519": ed25519.Ed25519PrivateKey.generate,
    }

    def signer(algorithm):
        key = makers[algorithm]()
        chain = certificate("Signer", key, authority_key, False).public_bytes(pem)
        secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8,
                                   serialization.NoEncryption())
        return c2pa.Signer.from_info(c2pa.C2paSignerInfo(
            getattr(c2pa.C2paSigningAlg, algorithm), chain + authority.public_bytes(pem), secret,
            None))

    types = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "tif": "image/tiff",
             "gif": "image/gif"}
    sources = "http://cv.iptc.org/newscodes/digitalsourcetype/"

    def sign(source, target, action, word=None, algorithm="ES256", ingredient=None, version=2):
        mime = types[source.rsplit(".")[-1]]
        agent = {"name": "Test Model"} if version == 2 else "Test Model"
        step = {"action": action, "softwareAgent": agent}
        if word: step["digitalSourceType"] = sources + word
        steps = [step]
        if action not in ("c2pa.created", "c2pa.opened"):
            steps.insert(0, {"action": "c2pa.created",
                             "digitalSourceType": sources + "digitalCapture"})
        if ingredient: step["parameters"] = {"ingredientIds": ["other"]}
        builder = c2pa.Builder({
            "claim_generator_info": [{"name": "Test Generator", "version": "1"}],
            "claim_version": version, "format": mime, "title": target,
            "assertions": [{"label": "c2pa.actions.v2" if version == 2 else "c2pa.actions",
                            "data": {"actions": steps}}]})
        if ingredient:
            facts = {"title": "other", "relationship": ingredient, "label": "other"}
            with open(f"{folder}/ai.jpg", "rb") as file:
                builder.add_ingredient(json.dumps(facts), "image/jpeg", file)
        signed = io.BytesIO()
        with open(f"{folder}/{source}", "rb") as file:
            builder.sign(signer(algorithm), mime, file, signed)
        with open(f"{folder}/{target}", "wb") as file: file.write(signed.getvalue())

    made = "trainedAlgorithmicMedia"
    for ending in types: sign(f"a.{ending}", f"ai.{ending}", "c2pa.created", made)
    for algorithm in makers: sign("a.jpg", f"{algorithm}.jpg", "c2pa.created", made, algorithm)
    sign("a.jpg", "camera.jpg", "c2pa.created", "digitalCapture")
    sign("a.jpg", "old.jpg", "c2pa.created", made, version=1)
    sign("a.jpg", "unnamed.jpg", "c2pa.created", version=1)
    sign("a.jpg", "edited.jpg", "c2pa.edited", "compositeWithTrainedAlgorithmicMedia")
    sign("a.jpg", "filled.jpg", "c2pa.edited", made)
    sign("a.jpg", "parent.jpg", "c2pa.opened", None, "ES256", "parentOf")
    sign("a.jpg", "component.jpg", "c2pa.placed", None, "ES256", "componentOf")
    sign("a.jpg", "input.jpg", "c2pa.edited", None, "ES256", "inputTo")
    """#

  /// Prints the state of each file by the reference implementation, one per line.
  package static let reading = #"""
    import json, sys
    import c2pa
    types = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "tif": "image/tiff",
             "gif": "image/gif"}
    for path in sys.argv[1:]:
        try:
            with open(path, "rb") as file:
                print(json.loads(c2pa.Reader(types[path.rsplit(".")[-1]], file).json())
                      ["validation_state"])
        except Exception:
            print("Unreadable")
    """#
}
