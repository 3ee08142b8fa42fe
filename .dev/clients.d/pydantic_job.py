"""The main job with the client that openapi-generator makes: pydantic_job.py FOLDER

Every request is a method of the client, and every value a field of its types. The pictures go to
signed addresses.
"""

import os
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from assay_pydantic import (
    AccountsApi,
    AccountsSignIn,
    AdminApi,
    AnnotationsAnswer,
    AnnotationsApi,
    ApiClient,
    ApiException,
    AssignmentsAppointment,
    Configuration,
    FilesApi,
    PresignedAnnouncedFile,
    PresignedAnnouncement,
    PresignedApi,
    PresignedCompletion,
    PresignedSentFile,
    PresignedTicket,
    Problem,
    ProjectsApi,
    ProjectsNewProject,
    QualityApi,
    TasksApi,
    UploadsApi,
)


class Person:
    """An account of the instance that is signed in."""

    def __init__(self, role: str) -> None:
        self.username = os.environ[f"ASSAY_{role}_USERNAME"]
        settings = Configuration(
            host=os.environ["ASSAY_URL"], ssl_ca_cert=os.environ["ASSAY_CA"])
        body = AccountsSignIn(
            username=self.username, password=os.environ[f"ASSAY_{role}_PASSWORD"])
        tokens = AccountsApi(ApiClient(settings)).accounts_sign_in(body)
        settings.access_token = tokens.access_token
        self.client = ApiClient(settings)
        print(f"{tokens.user.username} signs in, as {tokens.role}")

    def leave(self) -> None:
        """Signs out."""
        print(AccountsApi(self.client).accounts_sign_out().message)


def send(customer: Person, ticket: PresignedTicket, picture: bytes) -> None:
    """Sends a file to its signed address."""
    address = urlsplit(ticket.url)
    query = parse_qs(address.query)
    PresignedApi(customer.client).presigned_receive(
        upload=address.path.rsplit("/", 1)[1], type=query["type"][0], size=int(query["size"][0]),
        expires=int(query["expires"][0]), sig=query["sig"][0], body=picture,
        _content_type=ticket.headers.content_type)


def upload(customer: Person, folder: Path) -> UUID:
    """Makes a request, sends pictures to signed addresses, and runs quality control."""
    new = ProjectsNewProject(title="Noise", classes=["grey", "colour"])
    request = ProjectsApi(customer.client).projects_create(new).id
    pictures = sorted(folder.glob("*.png"))
    announced = [
        PresignedAnnouncedFile(
            filename=file.name, content_type="image/png", size=file.stat().st_size)
        for file in pictures]
    presigned = PresignedApi(customer.client)
    tickets = presigned.presigned_sign(
        PresignedAnnouncement(request_id=request, files=announced)).uploads
    for ticket, file in zip(tickets, pictures):
        send(customer, ticket, file.read_bytes())
    sent = [PresignedSentFile(key=ticket.key) for ticket in tickets]
    done = presigned.presigned_complete(PresignedCompletion(request_id=request, uploaded=sent))
    print(f"{len(sent)} pictures sent: {done.status}")
    quality = QualityApi(customer.client)
    quality.quality_run(request)
    end = time.monotonic() + 120
    while quality.quality_show(request).state != "completed":
        assert time.monotonic() < end
        time.sleep(0.2)
    return request


def read_quality(customer: Person, request: UUID) -> None:
    """Reads the results of quality control and their evidence."""
    quality = QualityApi(customer.client)
    results = quality.quality_results(request)
    images = UploadsApi(customer.client).uploads_list(request, limit=2)
    assert (len(results), len(images)) == (3, 2)
    for result in results:
        found = quality.quality_evidence(request, result.image_id)
        assert found.evidence.ai_generated and found.evidence.level == "standard"
        print(f"{result.image_id}: {result.ai_generated_score} {' '.join(result.flags)}")


def label(admin: Person, labeler: Person, request: UUID) -> None:
    """Assigns the pictures to the labeler, and labels them."""
    work = AssignmentsAppointment(labeler_username=labeler.username, request_id=request)
    task = AdminApi(admin.client).admin_assign(work).task_id
    tasks = TasksApi(labeler.client)
    assert task in [row.id for row in tasks.tasks_list()]
    detail = tasks.tasks_show(task)
    print(f"{detail.title}: {len(detail.images)} pictures to label with {detail.classes}")
    for image in detail.images:
        answer = AnnotationsAnswer(image_id=image.image_id, labels=detail.classes[:1])
        AnnotationsApi(labeler.client).annotations_save(task, answer)
    assert tasks.tasks_show(task).status == "completed"


def read_labels(customer: Person, request: UUID) -> None:
    """Reads the labels and the state of the request."""
    labels = AnnotationsApi(customer.client).annotations_list(request)
    for row in labels:
        print(f"{row.filename}: {', '.join(row.labels)}, by {row.labeler}")
    shown = ProjectsApi(customer.client).projects_show(request)
    assert (shown.status, shown.progress.labeled, len(labels)) == ("completed", 3, 3)


def keep_files(customer: Person, request: UUID) -> None:
    """Uploads a file to the face below /api, downloads it, and deletes it."""
    files = FilesApi(customer.client)
    text = b"a line of text"
    made = files.files_upload(files=[("line.txt", text)], project=request).files[0]
    me = AccountsApi(customer.client).accounts_me().id
    assert made.id in [row.id for row in files.files_list(me).files] and made.width is None
    assert files.files_download(made.id) == text
    print(files.files_delete(made.id).message)
    try:
        files.files_download(made.id)
    except ApiException as refused:  # type: ignore[misc]  # The generator's own types are vague.
        problem = Problem.from_json(refused.body or "")
        assert problem
        print(f"download: {problem.detail}")
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
