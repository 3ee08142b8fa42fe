-- An upload records a new picture's fingerprints with its blob, because its only decoding tells
-- both. Its number stays null: quality control gives it when the picture is compared.
grant insert (organization_id, sha256, whole, windows, luma) on likeness to assay_app;
