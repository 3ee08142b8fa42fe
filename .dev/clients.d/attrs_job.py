"""The main job with the client that openapi-python-client makes: attrs_job.py FOLDER

Every request is a function of the client, and every value a field of its types.
"""

import io
import os
import ssl
import sys
import time
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from assay_attrs import AuthenticatedClient, Client
from assay_attrs.api.accounts import accounts_me, accounts_sign_in, accounts_sign_out
from assay_attrs.api.admin import admin_assign
from assay_attrs.api.annotations import annotations_list, annotations_save
from assay_attrs.api.files import files_delete, files_download, files_list, files_upload
from assay_attrs.api.projects import projects_create, projects_show
from assay_attrs.api.quality import quality_evidence, quality_results, quality_run, quality_show
from assay_attrs.api.tasks import tasks_list, tasks_show
from assay_attrs.api.uploads import uploads_list, uploads_receive
from assay_attrs.models import (
    AccountsSignIn,
    AnnotationsAnswer,
    AssignmentsAppointment,
    FilesUploadBody,
    Problem,
    ProjectsNewProject,
    QualityNewRun,
    UploadsReceiveBody,
)
from assay_attrs.types import UNSET, File


Answer = TypeVar("Answer")


class Refused(Exception):
    """The service has answered with an error."""


def given(answer: Answer | Problem | None) -> Answer:
    """The answer, unless it is an error."""
    if isinstance(answer, Problem):
        raise Refused(answer.detail)
    assert answer is not None
    return answer


class Person:
    """An account of the instance that is signed in."""

    def __init__(self, role: str) -> None:
        self.username = os.environ[f"ASSAY_{role}_USERNAME"]
        url = os.environ["ASSAY_URL"]
        trusted = ssl.create_default_context(cafile=os.environ["ASSAY_CA"])
        body = AccountsSignIn(
            username=self.username, password=os.environ[f"ASSAY_{role}_PASSWORD"])
        stranger = Client(base_url=url, verify_ssl=trusted)
        tokens = given(accounts_sign_in.sync(client=stranger, body=body))
        self.client = AuthenticatedClient(
            base_url=url, verify_ssl=trusted, token=tokens.access_token)
        self.id = given(accounts_me.sync(client=self.client)).id
        print(f"{tokens.user.username} signs in, as {tokens.role}")

    def leave(self) -> None:
        """Signs out."""
        print(given(accounts_sign_out.sync(client=self.client)).message)


def files(folder: Path) -> list[File]:
    """The pictures of a folder, and a text that is called a picture."""
    pictures = [
        File(payload=io.BytesIO(file.read_bytes()), file_name=file.name, mime_type="image/png")
        for file in sorted(folder.glob("*.png"))]
    text = File(payload=io.BytesIO(b"no picture"), file_name="text.png", mime_type="image/png")
    return [*pictures, text]


def upload(customer: Person, folder: Path) -> UUID:
    """Makes a request with pictures, and runs quality control."""
    new = ProjectsNewProject(title="Noise", classes=["grey", "colour"], description="Which is it?")
    request = given(projects_create.sync(client=customer.client, body=new)).id
    receipt = given(uploads_receive.sync(
        request, client=customer.client, body=UploadsReceiveBody(files=files(folder))))
    for refused in receipt.errors:
        print(f"refused: {refused.filename}: {refused.reason}")
    assert (receipt.uploaded, len(receipt.errors)) == (3, 1)
    started = given(quality_run.sync(request, client=customer.client, body=QualityNewRun()))
    print(f"quality control: {started.status}")
    end = time.monotonic() + 120
    while given(quality_show.sync(request, client=customer.client)).state != "completed":
        assert time.monotonic() < end
        time.sleep(0.2)
    return request


def read_quality(customer: Person, request: UUID) -> None:
    """Reads the results of quality control and their evidence."""
    results = given(quality_results.sync(request, client=customer.client))
    images = given(uploads_list.sync(request, client=customer.client, limit=2))
    assert (len(results), len(images)) == (3, 2)
    for result in results:
        found = given(quality_evidence.sync(request, result.image_id, client=customer.client))
        origin = found.evidence.ai_generated
        assert origin is not UNSET and found.evidence.level == "standard"
        print(f"{result.image_id}: {result.ai_generated_score} {' '.join(result.flags)}")


def label(admin: Person, labeler: Person, request: UUID) -> None:
    """Assigns the pictures to the labeler, and labels them."""
    work = AssignmentsAppointment(labeler_username=labeler.username, request_id=request)
    task = given(admin_assign.sync(client=admin.client, body=work)).task_id
    assert task in [row.id for row in given(tasks_list.sync(client=labeler.client))]
    detail = given(tasks_show.sync(task, client=labeler.client))
    print(f"{detail.title}: {len(detail.images)} pictures to label with {detail.classes}")
    for image in detail.images:
        answer = AnnotationsAnswer(image_id=image.image_id, labels=detail.classes[:1])
        given(annotations_save.sync(task, client=labeler.client, body=answer))
    assert given(tasks_show.sync(task, client=labeler.client)).status == "completed"


def read_labels(customer: Person, request: UUID) -> None:
    """Reads the labels and the state of the request."""
    labels = given(annotations_list.sync(request, client=customer.client))
    for row in labels:
        print(f"{row.filename}: {', '.join(row.labels)}, by {row.labeler}")
    shown = given(projects_show.sync(request, client=customer.client))
    assert (shown.status, shown.progress.labeled, len(labels)) == ("completed", 3, 3)


def keep_files(customer: Person, request: UUID) -> None:
    """Uploads a file to the face below /api, downloads it, and deletes it."""
    text = b"a line of text"
    file = File(payload=io.BytesIO(text), file_name="line.txt", mime_type="text/plain")
    body = FilesUploadBody(files=[file], project=request)
    made = given(files_upload.sync(client=customer.client, body=body)).files[0]
    listed = given(files_list.sync(customer.id, client=customer.client))
    assert made.id in [row.id for row in listed.files] and made.width is None
    assert given(files_download.sync(made.id, client=customer.client)).payload.read() == text
    print(given(files_delete.sync(made.id, client=customer.client)).message)
    try:
        given(files_download.sync(made.id, client=customer.client))
    except Refused as refused:
        print(f"download: {refused}")
    else:
        raise AssertionError("a deleted file was downloaded")


def main() -> None:
    customer, admin, labeler = Person("CUSTOMER"), Person("ADMIN"), Person("LABELER")
    request = upload(customer, Path(sys.argv[1]))
    read_quality(customer, request)
    label(admin, labeler, request)
    read_labels(customer, request)
    keep_files(customer, request)
    for person in (customer, admin, labeler):
        person.leave()


if __name__ == "__main__":
    main()
